import { QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test } from "vitest";

import { allowing, answering, problem } from "../testing/server";
import { useOwn, useRight } from "./access";
import { createQueries } from "./queries";

function render<T>(hook: () => T) {
  const queries = createQueries();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  );
  return renderHook(hook, { wrapper }).result;
}

test("a right is not known until it is told, and then there or not", async () => {
  answering();
  allowing({ scopes: ["listings:read"], own: [] });
  const asked = render(() => [useRight("listings:read"), useRight("listings:write")]);

  expect(asked.current.map(({ isComing }) => isComing)).toEqual([true, true]);
  await waitFor(() => {
    expect(asked.current).toMatchObject([
      { isGranted: true, isRefused: false, isComing: false },
      { isGranted: false, isRefused: true, isComing: false },
    ]);
  });
});

test("a home is changed by whose it is, but its history is corrected by whoever may", async () => {
  answering();
  allowing({ scopes: ["prices:write", "prices:correct"], own: [2] });
  const rights = render(() => [
    useRight("prices:write", "2"),
    useRight("prices:write", "3"),
    useRight("prices:correct", "3"),
  ]);

  await waitFor(() => {
    expect(rights.current.map(({ isGranted }) => isGranted)).toEqual([true, false, true]);
    expect(rights.current.map(({ isOfAnother }) => isOfAnother)).toEqual([false, true, false]);
  });
});

test("where it can't be known what is allowed, nothing is refused", async () => {
  answering();
  allowing(problem(422, "invalid-request"));
  const right = render(() => useRight("listings:write", "2"));

  await waitFor(() => {
    expect(right.current).toMatchObject({ isGranted: false, isRefused: false, isComing: false });
  });
});

test("of several pages of homes, those are known that are theirs", async () => {
  answering();
  allowing({ scopes: ["listings:write"], own: [2, 7] });
  const own = render(() =>
    useOwn([
      [1, 2],
      [3, 7],
    ]),
  );

  await waitFor(() => {
    expect([...own.current]).toEqual([2, 7]);
  });
});

test("of more homes than an address has room for, it is asked in parts", async () => {
  answering();
  const { asked } = allowing({ scopes: ["listings:write"], own: [1, 600] });
  const ids = [Array.from({ length: 600 }, (_, place) => place + 1)];
  const own = render(() => useOwn(ids));
  await waitFor(() => {
    expect([...own.current]).toEqual([1, 600]);
  });
  const counts = asked.map(({ url }) => new URL(url).searchParams.getAll("listing").length);

  expect(counts).toEqual([0, 250, 250, 100]);
});

test("who may not write at all is not asked about homes", async () => {
  answering();
  const { asked } = allowing({ scopes: ["listings:read"], own: [2] });
  const found = render(() => [useRight("listings:write").isRefused, useOwn([[2]]).size]);

  await waitFor(() => {
    expect(found.current).toEqual([true, 0]);
  });
  expect(asked.map(({ url }) => new URL(url).search)).toEqual([""]);
});
