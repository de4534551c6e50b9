/** Server-sent events, read by fetch, since EventSource can't send credentials. */

export interface ServerEvent {
  /** Where to go on from after it. */
  id: string;
  /** Its type; `message` where none is said. */
  type: string;
  /** Empty in a block that only says how far the stream has come. */
  data: string;
}

const LINE_END = /\r\n|\r|\n/;

/** The blocks of a stream as they come, https://html.spec.whatwg.org/multipage/server-sent-events.html. */
export async function* eventsIn(body: ReadableStream<BufferSource>): AsyncGenerator<ServerEvent, void, undefined> {
  let rest = "";
  let lines: string[] = [];
  let id = "";
  for await (const text of piecesOf(body.pipeThrough(new TextDecoderStream()))) {
    const parts = (rest + text).split(LINE_END);
    rest = parts.pop() ?? "";
    for (const line of parts) {
      if (line !== "") {
        lines.push(line);
        continue;
      }
      const event = eventOf(lines, id);
      lines = [];
      id = event.id;
      yield event;
    }
  }
}

async function* piecesOf(stream: ReadableStream<string>): AsyncGenerator<string, void, undefined> {
  const reader = stream.getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value;
  } finally {
    await reader.cancel().catch(() => undefined); // it may have failed
  }
}

function eventOf(lines: readonly string[], lastId: string): ServerEvent {
  const event: ServerEvent = { id: lastId, type: "message", data: "" };
  const data: string[] = [];
  for (const line of lines) {
    const [, name = "", value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (name === "id") event.id = value;
    else if (name === "event") event.type = value;
    else if (name === "data") data.push(value);
  }
  return { ...event, data: data.join("\n") };
}
