import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Sample } from "./e2e/measure.ts";
import { measure, type Run } from "./e2e.ts";

const AMOUNTS = { warmUp: 1, blocks: 2, blockSamples: 2 };

function kindsOf(samples: Sample[][]): string[][] {
  return samples.flat().map(({ arrivals }) => arrivals.map((arrival) => arrival.kind));
}

describe("the end-to-end benchmark", () => {
  let run: Run;
  test("brings both contestants from each alert to a card and from each click to a start", async () => {
    run = await measure(AMOUNTS, true);
    for (const blocks of [run.whale, run.bare]) {
      assert.deepEqual(
        blocks.map((block) => block.length),
        [2, 2],
      );
      for (const sample of blocks.flat()) {
        assert.ok(sample.postToCardMs > 0);
        assert.ok(sample.clickToStartMs > 0);
      }
    }
  });

  test("asks why each of the alerts made its task", () => {
    assert.equal(run.explainMs.length, 4);
  });

  test("asks the same of both: one card, the clicking person and the tag read anew, one start", () => {
    for (const kinds of [...kindsOf(run.whale), ...kindsOf(run.bare)]) {
      for (const kind of ["card", "user_get", "tag_get", "start"]) {
        assert.equal(kinds.filter((one) => one === kind).length, 1, kind);
      }
    }
  });

  test("gives the plain server a card of nearly the same size", () => {
    const bytes = [run.whale, run.bare].map((blocks) => blocks[0]?.[0]?.cardBytes ?? 0);
    const [own = 0, bare = 0] = bytes;
    assert.ok(Math.abs(own - bare) < own / 20, `${own} and ${bare} bytes`);
  });

  test("shows where the time goes, step by step", () => {
    for (const point of ["event_journaled", "card_sending", "→ card", "click_stored", "→ start"]) {
      assert.ok(
        run.profile.some((line) => line.includes(point)),
        point,
      );
    }
  });
});
