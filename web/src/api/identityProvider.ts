/** Signing in by the identity provider: OpenID Connect, by a code and PKCE. Loaded when somebody does. */
import * as oauth from "oauth4webapi";

import { type Provider, providerHere } from "./provider";
import type { Tokens } from "./session";
import { inTab } from "./storage";

/** A sign-in that was begun in this tab; no other can end it. */
interface Begun {
  state: string;
  nonce: string;
  verifier: string;
  /** Where to be after it, unless another tab waits for it. */
  back: string | null;
}

const BEGUN = "sign-in";
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];
const SECONDS_IF_NOT_SAID = 60;

/** Navigation, which tests put another one in the place of. */
export const browser = {
  go: (address: string) => {
    location.assign(address);
  },
};

const callbackAddress = () => `${location.origin}/sign-in/callback`;

function provider(): Provider {
  const found = providerHere();
  if (!found) throw new Error("there is no identity provider");
  return found;
}

function ofHere() {
  const { issuer: address, client_id } = provider();
  const issuer = new URL(address);
  // a provider on the same machine needs no https; nobody is to use that elsewhere, which is what “deprecated” says
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const options = { [oauth.allowInsecureRequests]: LOOPBACK.includes(issuer.hostname) };
  const client: oauth.Client = { client_id, token_endpoint_auth_method: "none" };
  return { issuer, options, client };
}

async function discovered(): Promise<oauth.AuthorizationServer> {
  const { issuer, options } = ofHere();
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));
}

/** Leave for the identity provider, which comes back to the page of `callback`. */
export async function begin(back: string | null): Promise<void> {
  const server = await discovered();
  const begun: Begun = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
    back,
  };
  const { client_id, scope, audience } = provider();
  const address = new URL(server.authorization_endpoint ?? "");
  const asked = {
    response_type: "code",
    client_id,
    scope,
    audience,
    redirect_uri: callbackAddress(),
    state: begun.state,
    nonce: begun.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(begun.verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
  inTab.set(BEGUN, JSON.stringify(begun));
  browser.go(address.href);
}

/** Ends what was begun here, by the address that the identity provider came back to. */
export async function end(address: URL): Promise<{ given: Given; back: string | null }> {
  const begun = JSON.parse(inTab.get(BEGUN) ?? "null") as Begun | null;
  inTab.remove(BEGUN);
  if (!begun) throw new Error("no sign-in was begun in this tab");
  const { options, client } = ofHere();
  const server = await discovered();
  const code = oauth.validateAuthResponse(server, client, address, begun.state);
  const { verifier, nonce: expectedNonce, back } = begun;
  const none = oauth.None();
  const redirect = callbackAddress();
  const answer = await oauth.authorizationCodeGrantRequest(server, client, none, code, redirect, verifier, options);
  const expected = { expectedNonce, requireIdToken: true };
  const result = await oauth.processAuthorizationCodeResponse(server, client, answer, expected);
  const subject = oauth.getValidatedIdTokenClaims(result)?.sub ?? "";
  return { given: givenIn(result, { refresh: null, id: "", subject }), back };
}

/** New tokens for old ones. */
export async function renewed(held: Tokens): Promise<Tokens> {
  const { options, client } = ofHere();
  const server = await discovered();
  const answer = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), held.refresh ?? "", options);
  return { ...held, ...givenIn(await oauth.processRefreshTokenResponse(server, client, answer), held) };
}

/** Sign out there, too, where that is provided for. */
export async function leave(held: Tokens): Promise<void> {
  const { end_session_endpoint: place } = await discovered();
  if (place === undefined) return;
  const address = new URL(place);
  address.searchParams.set("id_token_hint", held.id);
  address.searchParams.set("client_id", provider().client_id);
  address.searchParams.set("post_logout_redirect_uri", `${location.origin}/`);
  browser.go(address.href);
}

/** What the provider says; it does not know of our accounts. */
type Given = Omit<Tokens, "account">;
type Before = Pick<Given, "refresh" | "id" | "subject">;

/** What is not given anew stays as it was. */
function givenIn(result: oauth.TokenEndpointResponse, { refresh, id, subject }: Before): Given {
  return {
    access: result.access_token,
    expires: Date.now() + (result.expires_in ?? SECONDS_IF_NOT_SAID) * 1000,
    refresh: result.refresh_token ?? refresh,
    id: result.id_token ?? id,
    subject,
  };
}
