/**
 * As whom this tab calls the API: by a key, or by tokens of an identity provider. Kept for the tab, until it is closed.
 */
import { useSyncExternalStore } from "react";

import { inTab } from "./storage";

/** What an identity provider gave. */
export interface Tokens {
  access: string;
  /** When that ends, in milliseconds since 1970. */
  expires: number;
  refresh: string | null;
  /** What says to the identity provider who it is that signs out. */
  id: string;
  subject: string;
  /** The account that the API takes that person to act for. */
  account: number;
}

const KEY = "api-key";
const ACCOUNT = "account";
const TOKENS = "tokens";
/** Tells tabs whose sign-in has ended of a new one. */
const CHANNEL = "signed-in-again";
const AHEAD_MS = 30_000;

const listeners = new Set<() => void>();
let hasEnded = false;
let renewal: Promise<void> | null = null;

/** The key or the token that requests are sent with; null is anybody, as is who is of no known account. */
export function apiKey(): string | null {
  if (signedInAccount() === null) return null;
  return inTab.get(KEY) ?? tokens()?.access ?? null;
}

function tokens(): Tokens | null {
  return JSON.parse(inTab.get(TOKENS) ?? "null") as Tokens | null;
}

/** The account of whoever is signed in, also when their sign-in has ended; null is nobody's. */
export function signedInAccount(): number | null {
  const account = tokens()?.account ?? inTab.get(ACCOUNT);
  return account === null ? null : Number(account);
}

/** Call with a key of an account from now on, or (null) as anybody. */
export function signInWith(key: string | null, account: number | null): void {
  inTab.remove(TOKENS);
  put(KEY, key);
  put(ACCOUNT, account);
  hasEnded = false;
  tell();
}

function put(place: string, what: string | number | null): void {
  if (what === null) inTab.remove(place);
  else inTab.set(place, String(what));
}

/** Call with tokens from now on. Those of the same person change nothing of what was read. */
export function signInBy(given: Tokens): void {
  const held = tokens();
  const isSame = held?.subject === given.subject && held.account === given.account;
  put(KEY, null);
  put(ACCOUNT, null);
  inTab.set(TOKENS, JSON.stringify(given));
  if (!isSame) tell();
  markAsEnded(false);
}

/** The same, and let tabs do so in which the same person's sign-in has ended. */
export function signInEverywhereBy(given: Tokens): void {
  signInBy(given);
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(given);
  channel.close();
}

/** Call as anybody, and tell the identity provider, if it was by one. */
export async function signOut(): Promise<void> {
  const held = tokens();
  signInWith(null, null);
  if (held) await (await import("./identityProvider")).leave(held);
}

/** What to send a request with: a token that ends soon is renewed before. */
export async function freshKey(): Promise<string | null> {
  const held = tokens();
  if (held && !hasEnded && held.refresh !== null && held.expires - Date.now() < AHEAD_MS) {
    renewal ??= renew(held).finally(() => {
      renewal = null;
    });
    await renewal;
  }
  return apiKey();
}

async function renew(held: Tokens): Promise<void> {
  try {
    const given = await (await import("./identityProvider")).renewed(held);
    if (tokens()?.refresh === held.refresh) signInBy(given); // nobody signed out, or in, meanwhile
  } catch {
    // it may still be good; if not, the API will say so
  }
}

/** The API has refused what a request was sent with: if that is a token, the sign-in is over. */
export function refused(authorization: string | null): void {
  const held = tokens();
  if (held && authorization === `Bearer ${held.access}`) markAsEnded(true);
}

let waiting: BroadcastChannel | null = null;

function markAsEnded(ended: boolean): void {
  if (ended === hasEnded) return;
  hasEnded = ended;
  waiting?.close();
  waiting = ended ? new BroadcastChannel(CHANNEL) : null;
  waiting?.addEventListener("message", ({ data }: MessageEvent<Tokens>) => {
    if (data.subject === tokens()?.subject) signInBy(data);
  });
  endings.forEach((hear) => {
    hear();
  });
}

const endings = new Set<() => void>();

/** Whether who was signed in has to sign in again. */
export function useHasEnded(): boolean {
  return useSyncExternalStore(
    (hear) => {
      endings.add(hear);
      listeners.add(hear);
      return () => {
        endings.delete(hear);
        listeners.delete(hear);
      };
    },
    () => hasEnded,
    () => false,
  );
}

function tell(): void {
  listeners.forEach((hear) => {
    hear();
  });
}

/** Hear of everybody who signs in or out; returns how to stop. */
export function onSession(hear: () => void): () => void {
  listeners.add(hear);
  return () => listeners.delete(hear);
}

export function useIsSignedIn(): boolean {
  return useSyncExternalStore(onSession, apiKey, () => null) !== null;
}

/** The same for a page: what is on it belongs to them. */
export function useSignedInAccount(): number | null {
  return useSyncExternalStore(onSession, signedInAccount, () => null);
}
