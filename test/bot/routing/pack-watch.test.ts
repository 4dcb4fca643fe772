import assert from "node:assert/strict";
import { test } from "node:test";
import { createPackWatch } from "../../../bot/routing/index.ts";
import type { PackReading } from "../../../core/ports/index.ts";
import { movableClock } from "../../support/clock.ts";

const NEEDS = [{ pack: "disk", range: "^1" }];

function watching(answer: () => PackReading) {
  const clock = movableClock();
  const asked: string[] = [];
  const readPack = async (cluster: string, pack: string) => {
    asked.push(`${cluster} ${pack}`);
    return answer();
  };
  return { clock, asked, watch: createPackWatch({ packs: { readPack }, clock }) };
}

test("a pack is read once for all who need it within a minute, and not before somebody does", async () => {
  const { clock, asked, watch } = watching(() => ({ outcome: "known", version: "1.2.0" }));
  assert.equal(watch.lookup("hz", "disk"), undefined);
  await Promise.all([watch.read(["hz"], NEEDS), watch.read(["hz"], NEEDS)]);
  await watch.read(["hz"], []);
  assert.deepEqual(asked, ["hz disk"]);
  assert.deepEqual(watch.lookup("hz", "disk"), { outcome: "known", version: "1.2.0" });
  clock.advance(60_000);
  await watch.read(["hz"], NEEDS);
  assert.equal(asked.length, 2);
});

test("who does not answer is asked again soon, and so is everybody before a task is given up", async () => {
  const { clock, asked, watch } = watching(() => ({ outcome: "unreachable", message: "no" }));
  await watch.read(["hz"], NEEDS);
  await watch.recheck(["hz"], NEEDS);
  assert.equal(asked.length, 1);
  clock.advance(10_000);
  await watch.read(["hz"], NEEDS);
  assert.equal(asked.length, 2);
});
