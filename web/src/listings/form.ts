/** The form of the filters, whose fields have the names that are in the address. */

/** Whether all can be looked for. What can't is told of at its field, in these words where a range ends before it begins. */
export function isFine(form: HTMLFormElement, words: string): boolean {
  judge(form, (from, to) => (from > to ? words : ""));
  if (form.checkValidity()) return true;
  form.querySelector("details")?.setAttribute("open", "");
  return form.reportValidity();
}

/** Forgets what was wrong: something else is written. */
export function forgive(form: HTMLFormElement): void {
  judge(form, () => "");
}

function judge(form: HTMLFormElement, wordsOn: (from: number, to: number) => string): void {
  for (const range of form.querySelectorAll("fieldset")) {
    const [from, to] = range.querySelectorAll("input");
    if (from && to) to.setCustomValidity(wordsOn(from.valueAsNumber, to.valueAsNumber));
  }
}

/** Has the form show what is looked for. */
export function show(form: HTMLFormElement, parameters: URLSearchParams): void {
  for (const control of form.elements) {
    const given = parameters.get(control.getAttribute("name") ?? "");
    if (control instanceof HTMLSelectElement) control.value = given ?? control.options[0]?.value ?? "";
    else if (control instanceof HTMLInputElement) fill(control, given);
  }
  forgive(form);
}

function fill(input: HTMLInputElement, given: string | null): void {
  if (input.type === "checkbox") input.checked = given === input.value;
  else input.value = given ?? "";
}

/** What stands in the form. */
export function written(form: HTMLFormElement): URLSearchParams {
  return new URLSearchParams([...new FormData(form)].filter(isText));
}

function isText(entry: [string, FormDataEntryValue]): entry is [string, string] {
  return typeof entry[1] === "string";
}

/** Whether filters can be seen beside what is found. */
export function hasRoom(): boolean {
  return matchMedia("(min-width: 60rem)").matches;
}

/** Where they would hide what was found, the number of them is all that is seen of them. */
export function fold(form: HTMLFormElement): void {
  const details = form.querySelector("details");
  if (!details || hasRoom()) return;
  details.open = false;
  details.querySelector("summary")?.focus(); // what had the focus can't be seen any more
}
