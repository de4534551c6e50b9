/** Some of a few things, as the text that a form keeps of them. Pure. */

export function chosenIn<Option extends string>(options: readonly Option[], text: string): Option[] {
  const chosen = text.split(" ");
  return options.filter((option) => chosen.includes(option));
}

/** The same with one more of them, or with one less. */
export function switched<Option extends string>(options: readonly Option[], text: string, one: Option): string {
  const chosen = chosenIn(options, text);
  return options.filter((option) => chosen.includes(option) !== (option === one)).join(" ");
}
