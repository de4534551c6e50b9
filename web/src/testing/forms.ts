/** Fills forms in, as a person does. */
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";

export const button = (name: string) => screen.findByRole("button", { name });

export async function type(label: string, text: string): Promise<void> {
  const field = await screen.findByLabelText(label);
  await userEvent.clear(field);
  await userEvent.type(field, text);
}
