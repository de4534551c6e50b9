/** The identity provider that the server takes tokens of, as it stands in the page. */
export interface Provider {
  issuer: string;
  client_id: string;
  /** What is asked for, with spaces between. */
  scope: string;
  /** Whom the tokens are to be for. */
  audience: string;
}

/** Null where people sign in by a key alone. */
export function providerHere(): Provider | null {
  const found = document.getElementById("identity-provider")?.textContent;
  return found ? (JSON.parse(found) as Provider) : null;
}
