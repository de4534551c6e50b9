/** Wait so long. */
export function seconds(count: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, count * 1000));
}
