import { describe, expect, test } from "vitest";

import { aCorrection, aHistory, aPrice, aRelisting, aScheduledPrice, aWithdrawal, dayOf } from "../testing/histories";
import { absencesIn, directionOf, pointsOf, storyOf } from "./story";

const time = (version: number) => Date.parse(dayOf(version));

describe("a story", () => {
  test("is the prices of a history, with where they went", () => {
    const story = storyOf(aHistory());

    expect(story.map(({ price }) => price)).toEqual([300000, 285000, 290000]);
    expect(story.map(directionOf)).toEqual(["first", "cut", "rise"]);
  });

  test("tells the corrected price, and what was said first", () => {
    const corrected = { corrected_price_eur: 285000, corrected_by_version: 3, change_eur: -15000, change_percent: -5 };
    const story = storyOf([aPrice(1, 300000), aPrice(2, 28500, corrected), aCorrection(3, 2, { price_eur: 285000 })]);

    expect(story).toHaveLength(2);
    expect(story[1]).toMatchObject({
      price: 285000,
      change: -15000,
      correction: { saidFirst: 28500, reason: "A zero was missing.", date: dayOf(3) },
    });
  });

  test("has what was taken back, which is no point of the chart", () => {
    const story = storyOf([
      aPrice(1, 300000),
      aPrice(2, 1, { voided: true, corrected_by_version: 3 }),
      aCorrection(3, 2, { void: true }),
      aWithdrawal(4),
    ]);

    expect(story.map(({ isVoid }) => isVoid)).toEqual([false, true, false]);
    expect(pointsOf(story).map(({ kind, price }) => [kind, price])).toEqual([
      ["price", 300000],
      ["withdrawn", 300000],
    ]);
  });

  test("has a price that was corrected to the one before it, which is no point either", () => {
    const story = storyOf([aPrice(1, 300000), aPrice(2, 1, { corrected_price_eur: 300000, change_eur: 0 })]);

    expect(story.map(directionOf)).toEqual(["first", "none"]);
    expect(pointsOf(story)).toHaveLength(1);
  });

  test("ends with what is scheduled, each against the one before it", () => {
    const later = aScheduledPrice(5, 200000, "2100-02-01T00:00:00Z");
    const sooner = aScheduledPrice(6, 250000, "2100-01-01T00:00:00Z");
    const settled = { ...aScheduledPrice(7, 1, "2100-01-01T00:00:00Z"), state: "cancelled" as const };
    const planned = storyOf([aPrice(1, 300000)], [later, sooner, settled]).slice(1);

    expect(planned.map(({ price, change, percent }) => [price, change, percent])).toEqual([
      [250000, -50000, -16.67],
      [200000, -50000, -20],
    ]);
  });

  test("says from when to when a listing was off the market", () => {
    const story = storyOf([aPrice(1, 300000), aWithdrawal(2), aRelisting(3), aWithdrawal(4)]);

    expect(absencesIn(story)).toEqual([
      { from: time(2), to: time(3) },
      { from: time(4), to: null },
    ]);
  });
});
