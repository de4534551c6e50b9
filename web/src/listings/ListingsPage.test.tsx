import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";

import { renderApp } from "../testing/app";
import { aListing, aReducedListing } from "../testing/listings";
import { allowing, answering, json, problem } from "../testing/server";

const NEXT = { link: '</listings?view=detailed&limit=24&cursor=abc>; rel="next"' };
const card = () => screen.findByRole("article");
const many = (count: number, from: number) =>
  Array.from({ length: count }, (_, place) => aListing({ id: from + place }));
const asked = (requests: Request[]) => requests.map(({ url }) => new URL(url).search);

describe("a card", () => {
  test("has all that one wants to know at a glance", async () => {
    answering(json([aListing()]));
    renderApp("/");

    const text = (await card()).textContent;

    for (const part of ["€285,000", "€4,488/m²", "63.5 m²", "3 rooms", "2 bedrooms", "Apartment", "Ref. 7"]) {
      expect(text.replaceAll("\u00a0", " ")).toContain(part);
    }
    expect(text).toContain("1 rue de Rivoli, 75001 Paris, France");
    expect(text).toContain("Updated Mar 17, 2026");
    expect(text).not.toContain("before");
    expect(screen.getByRole("link", { name: /^Price history/ })).toHaveAttribute("href", "/7/prices");
  });

  test("shows the price before a cut struck through, and the cut in percent", async () => {
    answering(json([aReducedListing()]));
    renderApp("/");

    expect(within(await card()).getByRole("deletion")).toHaveTextContent("before: €300,000");
    expect(screen.getByText("-5%")).toBeVisible();
  });
});

describe("the list", () => {
  test("looks for what stands in the address", async () => {
    const requests = answering(json([]));
    renderApp("/?city=Lyon&min_rooms=3&sort=price&pages=2");
    await screen.findByText("No home is like that");

    expect(asked(requests)).toEqual(["?city=Lyon&min_rooms=3&sort=price&view=detailed&limit=48"]);
    expect(screen.getByLabelText("City")).toHaveValue("Lyon");
    expect(screen.getByLabelText("Rooms from")).toHaveValue(3);
  });

  test("puts what is looked for into the address, and goes back to what was there", async () => {
    answering(json([]), json([aListing()]));
    const { address, router } = renderApp("/");
    await screen.findByText("There are no homes yet");
    await userEvent.type(screen.getByLabelText("City"), "Paris{Enter}");
    await card();
    expect(address()).toBe("/?city=Paris");

    await router.navigate(-1);
    expect(await screen.findByText("There are no homes yet")).toBeVisible();
    expect(screen.getByLabelText("City")).toHaveValue("");
  });

  test("shows the next page by the button, and says so in the address", async () => {
    const requests = answering(json([aListing()], NEXT), json([aListing({ id: 8 })]));
    const { address } = renderApp("/");
    await userEvent.click(await screen.findByRole("button", { name: "Show more homes" }));
    await screen.findByText("These are all.");

    expect(screen.getAllByRole("article")).toHaveLength(2);
    expect(asked(requests)[1]).toBe("?view=detailed&limit=24&cursor=abc");
    expect(address()).toBe("/?pages=2");
    expect(screen.getByRole("status")).toHaveTextContent("2 homes shown");
  });

  test("is as long as it was when one comes back, however far one had come", async () => {
    const requests = answering(json(many(2, 1), NEXT), json(many(2, 3), NEXT));
    renderApp("/?city=Lyon&pages=60");
    await screen.findAllByRole("article");

    expect(screen.getAllByRole("article")).toHaveLength(4);
    expect(asked(requests)).toEqual([
      "?city=Lyon&view=detailed&limit=960",
      "?city=Lyon&view=detailed&limit=480&cursor=abc",
    ]);
    expect(screen.queryByText(/^You had come further/)).toBeNull();
  });

  test("ends where there are no more homes, whatever its address says", async () => {
    const requests = answering(json([aListing()]));
    renderApp("/?pages=1e9");
    await screen.findByText("These are all.");

    expect(requests).toHaveLength(1);
  });

  test("says so where one had come further than it comes at once, and goes on from there", async () => {
    // of the same ones, each is drawn once, which is soon done
    const homes = (part: number) => Array.from({ length: 960 }, (_, n) => aListing({ id: 10 * part + (n >> 8) }));
    const answers = [1, 2, 3, 4, 5].map((part) => json(homes(part), NEXT));
    const requests = answering(...answers, json([aListing({ id: 9 })], NEXT));
    const { address } = renderApp("/?pages=250");
    expect(await screen.findByText(/^You had come further than these 20 homes/)).toBeVisible();
    expect(requests).toHaveLength(5);
    await userEvent.click(screen.getByRole("button", { name: "Show more homes" }));
    await waitFor(() => {
      expect(requests).toHaveLength(6);
    });

    expect(address()).toBe("/?pages=250");
  });

  test("keeps what it has where the next page can't be had, and gets that when asked again", async () => {
    answering(json([aListing()], NEXT), new TypeError("offline"), json([aListing({ id: 8 })]));
    renderApp("/");
    await userEvent.click(await screen.findByRole("button", { name: "Show more homes" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("The server can't be reached.");
    expect(screen.getAllByRole("article")).toHaveLength(1);

    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => {
      expect(screen.getAllByRole("article")).toHaveLength(2);
    });
  });

  test("shows a home once that has moved to the next page meanwhile", async () => {
    answering(json([aListing(), aListing({ id: 8 })], NEXT), json([aListing({ name: "Dearer" }), aListing({ id: 9 })]));
    renderApp("/?sort=price");
    await userEvent.click(await screen.findByRole("button", { name: "Show more homes" }));
    await screen.findByText("These are all.");

    const names = screen.getAllByRole("article").map((article) => article.getAttribute("aria-labelledby"));
    expect(names).toEqual(["listing-7", "listing-8", "listing-9"]);
    expect(screen.queryByRole("heading", { name: "Dearer" })).toBeNull();
  });

  test("says why it can't be had, and tries again when asked to", async () => {
    answering(problem(401, "not-authenticated"), problem(401, "not-authenticated"), json([aListing()]));
    renderApp("/");
    expect(await screen.findByRole("alert")).toHaveTextContent("You have to sign in for this.");

    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await card()).toBeVisible();
  });
});

describe("the filters", () => {
  test("keep the focus where one chooses an order or sends them", async () => {
    answering(json([aListing()]), json([]), json([]));
    const { address } = renderApp("/");
    await card();
    await userEvent.selectOptions(screen.getByLabelText("Order"), "price");
    await screen.findByText("There are no homes yet");
    expect(screen.getByLabelText("Order")).toHaveFocus();

    await userEvent.type(screen.getByLabelText("City"), "Lyon{Enter}");
    await screen.findByRole("heading", { name: "No home is like that" });
    expect(screen.getByLabelText("City")).toHaveFocus();
    expect(address()).toBe("/?city=Lyon&sort=price");
  });

  test("close where they would hide what was found, and what opens them has the focus", async () => {
    vi.stubGlobal("matchMedia", () => ({ matches: false }));
    answering(json([aListing()]), json([]));
    renderApp("/");
    await card();
    await userEvent.click(screen.getByText("Filters"));
    await userEvent.type(screen.getByLabelText("City"), "Lyon{Enter}");
    await screen.findByRole("heading", { name: "No home is like that" });

    expect(screen.getByText("Filters (1)")).toHaveFocus();
    expect(screen.getByLabelText("City")).not.toBeVisible();
  });

  test.each([0, 1])("lead back to the heading when they are cleared, by either button", async (place) => {
    answering(json([]), json([aListing()]));
    renderApp("/?city=Lyon&reduced=true&building_type=HOUSE");
    await screen.findByText("No home is like that");
    await userEvent.click(screen.getAllByRole("button", { name: "Clear all filters" })[place] as HTMLElement);
    await card();

    expect(screen.getByRole("heading", { level: 1 })).toHaveFocus();
    expect(screen.getByLabelText("City")).toHaveValue("");
    expect(screen.getByLabelText("Type")).toHaveValue("");
    expect(screen.getByLabelText("Reduced in price only")).not.toBeChecked();
  });

  test("take what their own address holds", async () => {
    answering(json([]));
    renderApp("/?min_price_eur=100000.5&max_surface_area_m2=63.125&min_rooms=2");
    await screen.findByText("No home is like that");

    for (const name of ["Price in € from", "Surface in m² to", "Rooms from"]) {
      expect(screen.getByLabelText(name)).toBeValid();
    }
  });

  test("say beside the field that a range ends before it begins, and ask nothing", async () => {
    const requests = answering(json([aListing()]), json([]));
    const { address } = renderApp("/");
    await card();
    await userEvent.type(screen.getByLabelText("Price in € from"), "500000");
    await userEvent.type(screen.getByLabelText("Price in € to"), "100000{Enter}");
    await userEvent.selectOptions(screen.getByLabelText("Order"), "price");
    const end = screen.getByLabelText<HTMLInputElement>("Price in € to");
    expect(end.validationMessage).toBe("The second number has to be at least the first.");
    expect([address(), requests.length]).toEqual(["/", 1]);

    await userEvent.type(screen.getByLabelText("Price in € from"), "{Backspace}{Enter}");
    await screen.findByRole("heading", { name: "No home is like that" });
    expect(address()).toBe("/?min_price_eur=50000&max_price_eur=100000&sort=price");
  });

  test("say beside the range of an address that nothing can be in it, and ask nothing", async () => {
    const requests = answering();
    renderApp("/?min_price_eur=500000&max_price_eur=100000");
    expect(await screen.findByText("The second number has to be at least the first.")).toBeVisible();
    const end = screen.getByLabelText("Price in € to");
    expect(end).toBeInvalid();
    expect(end).toHaveAccessibleDescription("The second number has to be at least the first.");
    expect(screen.getByLabelText("Surface in m² to")).toBeValid();
    expect(screen.getByRole("heading", { name: "No home is like that" })).toBeVisible();

    expect(requests).toEqual([]);
  });

  test("show an address' range that nothing can be in also where there is no room for them", async () => {
    vi.stubGlobal("matchMedia", () => ({ matches: false }));
    answering();
    renderApp("/?min_rooms=3&max_rooms=2");

    expect(await screen.findByText("The second number has to be at least the first.")).toBeVisible();
  });

  test("do not show what means nothing as if it were looked for", async () => {
    answering(json([]), json([]));
    const { address } = renderApp("/");
    await screen.findByText("There are no homes yet");
    await userEvent.type(screen.getByLabelText("Words"), "++{Enter}");

    expect(screen.getByLabelText("Words")).toHaveValue("");
    expect(screen.getByLabelText("Words")).toHaveAttribute("maxlength", "200");
    expect(address()).toBe("/");
  });
});

test("what the server refuses is told of in the words of the page, and not to be tried again", async () => {
  answering(problem(422, "invalid-request"), problem(422, "invalid-request"));
  renderApp("/?text=x");

  expect(await screen.findByRole("alert")).toHaveTextContent("The server did not take this.");
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
});

test("a card leads to where its home is changed only those whose it is", async () => {
  answering(json([aListing({ id: 7 }), aListing({ id: 8 })]));
  allowing({ scopes: ["listings:write"], own: [8] });
  renderApp("/");

  const edit = await screen.findByRole("link", { name: /^Edit / });

  expect(edit).toHaveAttribute("href", "/8/edit");
});
