import { expect, test } from "vitest";

test.each(["en", "fr", "de", "nl"])(
  "in %s a change of price without percent ends with the new price",
  async (language) => {
    const { messages } = (await import(`./messages/${language}.ts`)) as typeof import("./messages/en");

    expect(messages.change.fromTo("1", "2", "")).toMatch(/2$/);
  },
);
