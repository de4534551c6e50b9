import { expect, test } from "vitest";

import { eventsIn, type ServerEvent } from "./eventStream";

/** What is read from a stream that comes in these pieces. */
async function read(...pieces: string[]) {
  const bytes = new TextEncoder();
  const body = new ReadableStream<BufferSource>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(bytes.encode(piece));
      controller.close();
    },
  });
  const read: ServerEvent[] = [];
  for await (const event of eventsIn(body)) read.push(event);
  return read;
}

test("an event has its id, its type and its data", async () => {
  expect(await read('retry: 1000\n\nid: 8\nevent: price.changed\ndata: {"a":1}\n\n')).toEqual([
    { id: "", type: "message", data: "" },
    { id: "8", type: "price.changed", data: '{"a":1}' },
  ]);
});

test("pieces may end anywhere", async () => {
  expect(await read("id: 8\nda", "ta: é: ", "x\n", "\nid: 9\n\n")).toEqual([
    { id: "8", type: "message", data: "é: x" },
    { id: "9", type: "message", data: "" },
  ]);
});

test("comments say nothing, data may have lines, and an id holds until the next", async () => {
  expect(await read("id: 8\r\n\r\n:\ndata:one\ndata: two\n\n")).toEqual([
    { id: "8", type: "message", data: "" },
    { id: "8", type: "message", data: "one\ntwo" },
  ]);
});

test("a block without its end is none", async () => {
  expect(await read("id: 8\n\nid: 9\ndata: cut")).toEqual([{ id: "8", type: "message", data: "" }]);
});
