import { describe, expect, test } from "vitest";

import { aHistory, aPrice, aRelisting, aScheduledPrice, aWithdrawal, dayOf } from "../../testing/histories";
import { pointsOf, storyOf } from "../story";
import { absencesUntil, bounded, columnsOf, moved, placeAfter, placeAt, pricesIn, wholeOf, zoomed } from "./drawing";
import { pinched } from "./gestures";
import { timeLabels } from "./labels";

const time = (version: number) => Date.parse(dayOf(version));
const now = time(6);
const points = pointsOf(storyOf(aHistory()));
const whole = [0, 10_000] as const;

describe("what is drawn", () => {
  test("are prices that hold until the next, the last one until now", () => {
    expect(columnsOf(points, now)).toEqual([
      [time(1), time(2), time(3), now],
      [300000, 285000, 290000, 290000],
      [null, null, null, null],
    ]);
  });

  test("ends where a listing leaves the market, and begins where it is back", () => {
    const [times, prices] = columnsOf(storyOf([aPrice(1, 300000), aWithdrawal(2), aRelisting(3)]), now);

    expect(times).toEqual([time(1), time(2), time(3), now]);
    expect(prices).toEqual([300000, null, 300000, 300000]);
  });

  test("goes on from now by what is scheduled, with some room for the last of it", () => {
    const planned = storyOf([aPrice(1, 300000)], [aScheduledPrice(2, 250000, dayOf(8))]);
    const [times, prices, later] = columnsOf(planned, now);

    expect(times.slice(0, -1)).toEqual([time(1), now, now, time(8)]);
    expect(prices).toEqual([300000, 300000, null, null, null]);
    expect(later).toEqual([null, null, 300000, 250000, 250000]);
    expect(times.at(-1)).toBeGreaterThan(time(8));
  });

  test("lasts until the last price where this clock is behind the server's", () => {
    expect(columnsOf(points, time(2))[0]).toEqual([time(1), time(2), time(3), time(3)]);
    expect(wholeOf(points, time(2))[1]).toBeGreaterThan(time(3));
  });

  test("has the times off the market, the present one until now", () => {
    const away = storyOf([aPrice(1, 300000), aWithdrawal(2)]);

    expect(absencesUntil(away, now)).toEqual([[time(2), now]]);
  });

  test("is as high as the prices that hold in its window", () => {
    const [lowest, highest] = pricesIn(points, [time(1), time(2) - 1]);

    expect(lowest).toBeLessThan(300000);
    expect(lowest).toBeGreaterThan(285000);
    expect(highest).toBeGreaterThan(300000);
    expect(pricesIn(storyOf([aPrice(1, 0)]), [0, now])).toEqual([0, 1]);
  });
});

test("the point of a time is the one that holds then", () => {
  const places = [time(1) - 1, time(1), time(2) - 1, time(2), now].map((at) => placeAt(points, at));

  expect(places).toEqual([0, 0, 0, 1, 2]);
});

test.each([
  ["ArrowRight", null, 0],
  ["ArrowRight", 1, 2],
  ["ArrowRight", 2, 2],
  ["ArrowLeft", null, 2],
  ["ArrowLeft", 0, 0],
  ["Home", 2, 0],
  ["End", 0, 2],
  ["Tab", 1, null],
])("%s leads from %s to %s of three", (key, from, to) => {
  expect(placeAfter(key, from, 3)).toBe(to);
});

describe("zooming", () => {
  test("keeps what it is about where it was", () => {
    expect(zoomed([0, 10_000], 0.5, 2_000, whole)).toEqual([1_000, 6_000]);
  });

  test("out of the whole is the whole, and never leaves it", () => {
    expect(zoomed([1_000, 6_000], 2, 2_000, whole)).toBeNull();
    expect(zoomed([0, 4_000], 2, 4_000, whole)).toEqual([0, 8_000]);
    expect(bounded([-500, 4_500], whole)).toEqual([0, 5_000]);
  });

  test("ends at a second", () => {
    expect(zoomed([4_000, 5_200], 0.1, 4_600, whole)).toEqual([4_100, 5_100]);
  });

  test("moves to a point that could not be seen, and no further", () => {
    expect(moved([2_000, 4_000], 3_000, whole)).toEqual([2_000, 4_000]);
    expect(moved([2_000, 4_000], 6_000, whole)).toEqual([4_080, 6_080]);
    expect(moved([2_000, 4_000], 0, whole)).toEqual([0, 2_000]);
  });

  test("keeps times under two fingers", () => {
    expect(pinched({ time: 2_000, share: 0.25 }, { time: 3_000, share: 0.75 })).toEqual([1_500, 3_500]);
    expect(pinched({ time: 2_000, share: 0.5 }, { time: 3_000, share: 0.51 })).toBeNull();
  });
});

describe("times below the chart", () => {
  const at = (...dates: string[]) => dates.map((date) => Date.parse(`${date}T12:00:00`));
  const DAY = 86_400_000;

  test("say the year once for the months of each", () => {
    expect(timeLabels("en")(at("2025-11-01", "2025-12-01", "2026-01-01"), 30 * DAY)).toEqual([
      "Nov\n2025",
      "Dec",
      "Jan\n2026",
    ]);
  });

  test("are years, days or hours, as far as they are apart", () => {
    expect(timeLabels("de")(at("2025-01-01", "2026-01-01"), 365 * DAY)).toEqual(["2025", "2026"]);
    expect(timeLabels("de")(at("2026-01-01", "2026-01-02"), DAY)).toEqual(["1. Jan.\n2026", "2. Jan."]);
    expect(timeLabels("de")(at("2026-01-01"), 3_600_000)).toEqual(["12:00\n01.01.2026"]);
  });

  test("are written as where the reader is", () => {
    expect(timeLabels("en-GB")(at("2026-01-01"), DAY)).toEqual(["1 Jan\n2026"]);
    expect(timeLabels("en-GB")(at("2026-01-01"), 3_600_000)).toEqual(["12:00\n1 Jan 2026"]);
  });
});
