import { expect, test, vi } from "vitest";

import { onDemand } from "./onDemand";
import { pluralIn } from "./plural";

test("something is made when it is first asked for, and once", () => {
  const make = vi.fn(() => ({}));
  const made = onDemand(make);

  expect(make).not.toHaveBeenCalled();
  expect(made()).toBe(made());
  expect(make).toHaveBeenCalledOnce();
});

test("messages with counts are there before the rules of their language are made", () => {
  const rules = vi.spyOn(Intl, "PluralRules");
  const homes = pluralIn("en")({ one: "# home", other: "# homes" });

  expect(rules).not.toHaveBeenCalled();
  expect([homes(1), homes(2), homes(1000)]).toEqual(["1 home", "2 homes", "1,000 homes"]);
  expect(rules).toHaveBeenCalledOnce();
});
