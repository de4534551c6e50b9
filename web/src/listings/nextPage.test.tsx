import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";

import { renderApp } from "../testing/app";
import { held } from "../testing/held";
import { aListing } from "../testing/listings";
import { accessAnswer, json, problem } from "../testing/server";

const NEXT = { link: '</listings?view=detailed&limit=24&cursor=abc>; rel="next"' };
const slowCode = held<undefined>();
vi.mock("../markets/MarketPage", async (original) => {
  await slowCode.promise;
  return original();
});

describe("while the next page is coming", () => {
  /** Shows a first page, and asks for the next one, which comes when it is let come. */
  async function askingForMore(...later: Response[]) {
    const next = held<Response>();
    const answers = [json([aListing()], NEXT), next.promise, ...later];
    vi.stubGlobal("fetch", (request: Request) => accessAnswer(request) ?? Promise.resolve(answers.shift()));
    const app = renderApp("/");
    await userEvent.click(await screen.findByRole("button", { name: "Show more homes" }));
    return { ...app, comes: next.release };
  }

  test("an order can be chosen, and stays", async () => {
    const { address } = await askingForMore(json([aListing({ name: "The cheapest" })]));
    await userEvent.selectOptions(screen.getByLabelText("Order"), "price");
    await screen.findByRole("heading", { name: "The cheapest" });

    expect(address()).toBe("/?sort=price");
    expect(screen.getByLabelText("Order")).toHaveValue("price");
  });

  test("one can leave, and the address is that of where one goes", async () => {
    const { address } = await askingForMore();
    await userEvent.click(screen.getByRole("link", { name: "Sign in" }));
    await screen.findByRole("heading", { name: "Sign in" });

    expect(address()).toBe("/sign-in");
  });

  test("its button keeps the focus, asks once, and leaves the focus to what takes its place", async () => {
    const { comes } = await askingForMore();
    const button = screen.getByRole("button", { name: "Loading…" });
    expect(button).toHaveFocus();
    expect(button).toHaveAttribute("aria-disabled", "true");
    await userEvent.click(button); // a second answer there is none
    comes(json([aListing({ id: 8 })]));

    expect(await screen.findByText("These are all.")).toHaveFocus();
    expect(screen.getAllByRole("article")).toHaveLength(2);
  });

  test("the focus stays there when it can't be had, and when it can after all", async () => {
    const { comes } = await askingForMore(json([aListing({ id: 8 })]));
    comes(problem(500, "blank"));
    const again = await screen.findByRole("button", { name: "Try again" });
    expect(again.closest("[tabindex]")).toHaveFocus();
    await userEvent.click(again);

    expect(await screen.findByText("These are all.")).toHaveFocus();
  });

  test("it may come while the code of the page that one goes to is still to come", async () => {
    const { address, comes } = await askingForMore();
    await userEvent.click(screen.getByRole("link", { name: "Markets" }));
    comes(json([aListing({ id: 8 })]));
    await waitFor(() => {
      expect(screen.getAllByRole("article")).toHaveLength(2);
    });
    slowCode.release(undefined);

    expect(await screen.findByRole("heading", { level: 1, name: /market/i })).toBeVisible();
    expect(address()).toBe("/markets");
  });
});
