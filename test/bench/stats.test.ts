import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compare, median, percentile } from "./stats.ts";

const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);

describe("percentile", () => {
  test("is the value at the nearest rank, whatever the order of the samples", () => {
    assert.deepEqual(
      [0.01, 0.5, 0.99, 1].map((share) => percentile(hundred, share)),
      [1, 50, 99, 100],
    );
  });

  test("is the lowest value for a share of nothing, and the only value of a single sample", () => {
    assert.equal(percentile(hundred, 0), 1);
    assert.equal(percentile([7], 0.99), 7);
  });

  test("is no number without samples", () => {
    assert.ok(Number.isNaN(percentile([], 0.5)));
  });
});

describe("median", () => {
  test("is the middle of an odd number of samples and the mean of two of an even number", () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([9, 1, 5, 6]), 5.5);
  });

  test("is no number without samples", () => {
    assert.ok(Number.isNaN(median([])));
  });
});

describe("comparison of two contestants", () => {
  test("tells the median of the blocks' ratios, so that one disturbed block changes nothing", () => {
    const own = [
      [4, 4, 4],
      [400, 400, 400],
      [6, 6, 6],
    ];
    const bare = [
      [2, 2, 2],
      [2, 2, 2],
      [3, 3, 3],
    ];
    assert.equal(compare(own, bare).bareRatioP50, 2);
  });

  test("holds the 99th percentiles of all samples against each other", () => {
    const figures = compare([hundred], [hundred.map((value) => value / 2)]);
    assert.deepEqual(figures, {
      p50Ms: 50,
      p99Ms: 99,
      bareP50Ms: 25,
      bareP99Ms: 49.5,
      bareRatioP50: 2,
      bareRatioP99: 2,
    });
  });
});
