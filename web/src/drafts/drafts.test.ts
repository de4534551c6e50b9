import { expect, test, vi } from "vitest";

import { draftOf, dropDraft, keepDraft } from "./drafts";

const EMPTY = { name: "", city: "" };
const draft = { values: { ...EMPTY, name: "Flat" }, base: EMPTY, etag: '"3"' };

test("a draft is kept for its home, until it is dropped", () => {
  keepDraft("7", draft);
  expect(draftOf("7", EMPTY)).toMatchObject(draft);
  expect(draftOf("8", EMPTY)).toBeNull();

  dropDraft("7");
  expect(draftOf("7", EMPTY)).toBeNull();
});

test.each(["no JSON", "null", "7", '{"values": {"name": "Flat"}}', '{"values": {"name": 7}, "base": {}}'])(
  "what is no draft is none: %s",
  (text) => {
    localStorage.setItem("draft 7", text);

    expect(draftOf("7", EMPTY)).toBeNull();
  },
);

test("where nothing can be kept the work goes on", () => {
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });

  keepDraft("7", draft);
  expect(localStorage.getItem("draft 7")).toBeNull();
  expect(draftOf("7", EMPTY)?.values).toEqual(draft.values);
  dropDraft("7");
});
