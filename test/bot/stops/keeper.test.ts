import assert from "node:assert/strict";
import { test } from "node:test";
import { createStopKeeper, stopWarnings } from "../../../bot/stops/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { StopScope } from "../../../core/stops/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { movableClock } from "../../support/clock.ts";
import { recordingLog } from "../../support/log.ts";

const ALL: StopScope = { of: "everything" };
const HZ: StopScope = { of: "cluster", name: "hz" };

/** Two processes over one store. */
function bench() {
  const clock = movableClock();
  const store = openMemoryStore({ clock });
  const log = recordingLog();
  const deps = { state: store.state, audit: store.audit, clock, log };
  return { clock, store, log, here: createStopKeeper(deps), there: createStopKeeper(deps) };
}

test("what one process stops, the other sees at its next look", async () => {
  const { here, there } = bench();
  await here.order({ scope: ALL, why: "断电" }, "user:wangwu");
  assert.deepEqual(there.current(), []);
  await there.refresh();
  assert.deepEqual(
    there.current().map(({ by, why }) => [by, why]),
    [["user:wangwu", "断电"]],
  );
  assert.equal(await there.lift(ALL, "user:lisi"), true);
  await here.refresh();
  assert.deepEqual(here.current(), []);
});

test("who stops a second time sees who did so first, and lifting nothing says so", async () => {
  const { here, there, clock } = bench();
  await here.order({ scope: HZ, why: "断电" }, "user:wangwu");
  clock.advance(1_000);
  const second = await there.order({ scope: HZ, why: "x" }, "user:lisi");
  assert.deepEqual([second.outcome, second.stop.by], ["stopped_before", "user:wangwu"]);
  await here.order({ scope: ALL, why: "x" }, "user:lisi");
  assert.deepEqual(
    (await here.list()).map(({ scope }) => scope),
    [ALL, HZ],
  );
  assert.equal(await here.lift({ of: "rule", name: "x" }, "user:lisi"), false);
});

test("each deed is in the chain of audit", async () => {
  const { here, store } = bench();
  await here.order({ scope: HZ, why: "断电" }, "user:wangwu");
  await here.lift(HZ, "user:lisi");
  const deeds = (await store.audit.read(0, 10)).map(({ what, who, object }) => [what, who, object]);
  assert.deepEqual(deeds, [
    ["stop.order", "user:wangwu", "cluster:hz"],
    ["stop.lift", "user:lisi", "cluster:hz"],
  ]);
});

test("what cannot be looked at stays as it was, and is logged", async () => {
  const { clock, store, log } = bench();
  let down = false;
  const version = async () => {
    if (down) throw new ChatOpsError("away", { code: "store.unreachable", retryable: true });
    return store.state.version();
  };
  const keeper = createStopKeeper({ state: { ...store.state, version }, audit: store.audit, clock, log });
  await keeper.order({ scope: ALL, why: "断电" }, "user:wangwu");
  await keeper.refresh();
  down = true;
  await keeper.refresh();
  assert.equal(keeper.current().length, 1);
  assert.match(log.lines.at(-1)?.message ?? "", /stops could not be read/);
});

test("whoever wonders why nothing starts reads it in /readyz", async () => {
  const { here } = bench();
  await here.order({ scope: HZ, why: "断电" }, "user:wangwu");
  await here.refresh();
  const [warning] = stopWarnings(here.current());
  assert.equal(warning?.about, "stop cluster:hz");
  assert.match(warning?.message ?? "", /user:wangwu, .*断电/);
});
