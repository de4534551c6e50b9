/** Ends a piece of work, so that the browser can paint and answer whoever types or taps before the next one. */
export function breath(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve);
  });
}
