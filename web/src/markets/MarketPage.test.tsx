import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";

import { renderApp } from "../testing/app";
import { answering, json, problem } from "../testing/server";

// jsdom has no canvas; the charts are seen in a real browser
vi.mock("./plot", () => ({ plotIn: () => ({ point: vi.fn(), destroy: vi.fn() }) }));

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener: vi.fn(), removeEventListener: vi.fn() }));
});

const PARIS = { country: "FR", city: "Paris", building_type: "APARTMENT" };
const MONTHS = [
  {
    month: "2026-01",
    listings_count: 9,
    median_price_eur: 300000,
    lower_quartile_price_eur: 250000,
    upper_quartile_price_eur: 380000,
    with_surface_count: 9,
    median_price_per_m2_eur: 9800,
    reduced_count: 3,
    reduced_share_percent: 33.33,
  },
  { month: "2026-02", listings_count: 2 },
];

test("a market says what homes cost, and why a month is silent", async () => {
  const asked = answering(json({ ...PARIS, months: MONTHS }));
  renderApp("/markets/FR/Paris/APARTMENT");
  await userEvent.click(await screen.findByText("Table: Median price"));

  expect(new URL(asked[0]?.url ?? "").pathname).toBe("/markets/FR/Paris/APARTMENT/statistics");
  const rows = within(screen.getByRole("table", { name: "Median price" })).getAllByRole("row");
  expect(rows.map((row) => row.textContent)).toEqual([
    "MonthMedian priceA quarter costs less thanA quarter costs more than",
    "February 2026too fewtoo fewtoo few",
    "January 2026€300,000€250,000€380,000",
  ]);
  expect(screen.getByText(/^In one month fewer than five homes/)).toBeVisible();
  expect(screen.getByRole("slider")).toHaveAttribute("aria-valuetext", "February 2026");
});

test("a city with a slash in its name is one part of the address", async () => {
  const asked = answering(json({ ...PARIS, country: "CH", city: "Biel/Bienne", months: [] }));
  renderApp("/markets/CH/Biel%2FBienne/APARTMENT");

  expect(await screen.findByText("Nothing is known of this market")).toBeVisible();
  expect(asked[0]?.url).toContain("/markets/CH/Biel%2FBienne/APARTMENT/statistics");
  expect(screen.getByLabelText("City")).toHaveValue("Biel/Bienne");
});

test("whoever chooses a market comes to its address", async () => {
  answering(json({ ...PARIS, months: [] }));
  const { address } = renderApp("/markets");
  await userEvent.click(await screen.findByRole("button", { name: "Show the market" }));
  expect(await screen.findByText("Write the name of a city.")).toBeVisible();
  await userEvent.type(screen.getByLabelText("City"), "Évry{Enter}");

  await screen.findByText("Nothing is known of this market");
  expect(address()).toBe("/markets/FR/%C3%89vry/APARTMENT");
});

test.each([
  ["/markets/XX/Paris/APARTMENT", [problem(404, "market-not-found")]],
  ["/markets/FR/Paris/CASTLE", []],
])("what is no market says so: %s", async (path, answers) => {
  answering(...answers);
  renderApp(path);

  expect(await screen.findByText("There is no such market")).toBeVisible();
});
