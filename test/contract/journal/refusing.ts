import assert from "node:assert/strict";
import type { Refusal } from "../../../core/ports/index.ts";
import { aDelivery, aRawBody } from "../../support/builders.ts";
import { START_MS } from "../../support/clock.ts";
import { type HarnessOf, testsOn, upTo } from "../harness.ts";
import { aDraftNo } from "./support.ts";

function aRefusal(overrides: Partial<Refusal> = {}): Refusal {
  const why = { reason: "not_json", message: "第 1 行不是 JSON" };
  return { source: "prometheus", ...why, raw: aRawBody("{"), ...overrides };
}

/** Promises about `refuse` and `refusals`. */
export function refusingBodies(open: () => Promise<HarnessOf<"journal">>): void {
  const test = testsOn(open);

  test("keeps a refused body with the reason, and makes no event of it", async ({ journal }) => {
    await journal.refuse(aRefusal());
    const { raw, ...told } = aRefusal();
    assert.deepEqual(await journal.refusals(10), [{ ...told, rawRef: raw.ref, atMs: START_MS, count: 1 }]);
    assert.deepEqual(await journal.raw(raw.ref), raw);
    assert.equal(await journal.lag("rules"), 0);
  });

  test("counts the same body with the same reason, and shows it as the newest", async ({
    journal,
    clock,
  }) => {
    await journal.refuse(aRefusal());
    await journal.refuse(aRefusal({ reason: "too_deep" }));
    clock.advance(50);
    await journal.refuse(aRefusal({ message: "again" }));
    const told = (await journal.refusals(10)).map(({ reason, message, count, atMs }) => ({
      reason,
      message,
      count,
      atMs,
    }));
    assert.deepEqual(told, [
      { reason: "not_json", message: "again", count: 2, atMs: START_MS + 50 },
      { reason: "too_deep", message: "第 1 行不是 JSON", count: 1, atMs: START_MS },
    ]);
  });

  test("counts many at once", async ({ journal }) => {
    await Promise.all(upTo(25).map(() => journal.refuse(aRefusal())));
    assert.equal((await journal.refusals(1))[0]?.count, 25);
  });

  test("keeps the newest thousand and forgets the bodies of the rest, unless an event needs one", async ({
    journal,
  }) => {
    const bodies = upTo(1_003).map((n) => aRawBody(`{${n}`));
    await journal.append(aDelivery([aDraftNo(1)], { raw: bodies[1] ?? aRawBody() }));
    await Promise.all(bodies.map((raw) => journal.refuse(aRefusal({ raw }))));
    const kept = await journal.refusals(5_000);
    assert.equal(kept.length, 1_000);
    assert.equal(kept[0]?.rawRef, bodies[1_002]?.ref);
    assert.equal(await journal.raw(bodies[0]?.ref ?? ""), null);
    assert.notEqual(await journal.raw(bodies[1]?.ref ?? ""), null);
    assert.notEqual(await journal.raw(bodies[3]?.ref ?? ""), null);
  });
}
