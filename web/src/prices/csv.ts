import { answered, api, nextCursor } from "../api/client";

const PAGE = 1000;

/** The whole history of a listing as the API writes it for spreadsheets, page by page, with one header. */
export async function csvOf(id: string): Promise<string> {
  const pages: string[] = [];
  let cursor: string | null = null;
  do {
    const at: { cursor?: string } = cursor === null ? {} : { cursor };
    const params = { path: { id: Number(id) }, query: { limit: PAGE, ...at } };
    const headers = { accept: "text/csv, application/problem+json;q=0.9" };
    const answer = await api.GET("/listings/{id}/prices", { params, headers, parseAs: "text" });
    const page = answered<string>(answer);
    pages.push(pages.length ? page.slice(page.indexOf("\n") + 1) : page);
    cursor = nextCursor(answer.response);
  } while (cursor !== null);
  return pages.join("");
}

/** Have the browser keep a text as a file. */
export function saveAs(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}
