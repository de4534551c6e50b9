import { expect, test, vi } from "vitest";

import { Belongings } from "../api/belongings";
import { draftOf, dropDraft, keepDraft } from "./drafts";

const EMPTY = { name: "", city: "" };
const own = new Belongings(3);
const draft = { values: { ...EMPTY, name: "Flat" }, base: EMPTY, etag: '"3"' };

test("a draft is kept for its home, until it is dropped", () => {
  keepDraft(own, "7", draft);
  expect(draftOf(own, "7", EMPTY)).toMatchObject(draft);
  expect(draftOf(own, "8", EMPTY)).toBeNull();

  dropDraft(own, "7");
  expect(draftOf(own, "7", EMPTY)).toBeNull();
});

test.each([null, 4, 33])("a draft is not there for account %s", (account) => {
  keepDraft(own, "7", draft);

  expect(draftOf(new Belongings(account), "7", EMPTY)).toBeNull();
});

test.each(["no JSON", "null", "7", '{"values": {"name": "Flat"}}', '{"values": {"name": 7}, "base": {}}'])(
  "what is no draft is none: %s",
  (text) => {
    localStorage.setItem("account 3 draft 7", text);

    expect(draftOf(own, "7", EMPTY)).toBeNull();
  },
);

test("where nothing can be kept the work goes on", () => {
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });

  keepDraft(own, "7", draft);
  expect(localStorage.getItem("account 3 draft 7")).toBeNull();
  expect(draftOf(own, "7", EMPTY)?.values).toEqual(draft.values);
  dropDraft(own, "7");
});
