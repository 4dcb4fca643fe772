import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type LoopOptions, type RoundResult, startLoop } from "../../../bot/workers/index.ts";
import { movableClock, START_MS } from "../../support/clock.ts";
import { recordingLog, silentLog } from "../../support/log.ts";
import { eventually, gate, settled } from "./parts.ts";

const HOUR_MS = 3_600_000;
const IDLE: RoundResult = { more: false, nextDueAtMs: null };

/** A loop that ends with its test, however that ends. */
function loop(t: TestContext, round: LoopOptions["round"], options: Partial<LoopOptions> = {}) {
  const tested = startLoop({
    name: "tested",
    clock: movableClock(),
    log: silentLog,
    maxIdleMs: HOUR_MS,
    round,
    ...options,
  });
  t.after(() => tested.stop());
  return tested;
}

test("works one round at its start, then sleeps until it is woken", async (t) => {
  let rounds = 0;
  const tested = loop(t, async () => {
    rounds++;
    return IDLE;
  });
  await settled();
  assert.equal(rounds, 1);
  tested.wake();
  await eventually("the second round", () => rounds === 2);
  await settled();
  assert.equal(rounds, 2);
  await tested.stop();
});

test("a wake in the middle of a round is not lost: another round follows", async (t) => {
  const first = gate();
  let rounds = 0;
  const tested = loop(t, async () => {
    rounds++;
    if (rounds === 1) await first.promise;
    return IDLE;
  });
  tested.wake();
  tested.wake();
  first.open();
  await eventually("the second round", () => rounds === 2);
  await settled();
  assert.equal(rounds, 2);
  await tested.stop();
});

test("never works on two rounds at the same time", async (t) => {
  let under = 0;
  let most = 0;
  let rounds = 0;
  const tested = loop(t, async () => {
    under++;
    rounds++;
    most = Math.max(most, under);
    await settled(3);
    under--;
    return { more: rounds < 5, nextDueAtMs: null };
  });
  while (rounds < 5) {
    tested.wake();
    await settled(1);
  }
  await tested.stop();
  assert.equal(most, 1);
});

test("goes on without a pause while there is more to do", async (t) => {
  let left = 4;
  const tested = loop(t, async () => {
    left--;
    return { more: left > 0, nextDueAtMs: null };
  });
  await eventually("all rounds", () => left === 0);
  await tested.stop();
});

test("wakes by itself when something falls due", async (t) => {
  const clock = movableClock();
  let rounds = 0;
  const tested = loop(
    t,
    async () => {
      rounds++;
      return { more: false, nextDueAtMs: rounds === 1 ? START_MS + 5 : null };
    },
    { clock },
  );
  await eventually("the round that was due", () => rounds === 2);
  await tested.stop();
});

test("something long overdue does not make it spin: it still leaves the others their turn", async (t) => {
  let rounds = 0;
  const tested = loop(t, async () => {
    rounds++;
    return { more: false, nextDueAtMs: START_MS - HOUR_MS };
  });
  await eventually("a few rounds", () => rounds > 2);
  await tested.stop();
});

test("a failing round is logged and tried again by itself, however often it is woken", async (t) => {
  const log = recordingLog();
  let rounds = 0;
  const tested = loop(
    t,
    async () => {
      rounds++;
      if (rounds === 1) throw new Error("disk full");
      return IDLE;
    },
    { log },
  );
  await settled();
  for (let i = 0; i < 5; i++) {
    tested.wake();
    await settled(2);
  }
  // Waking must not turn a failure into a busy loop.
  assert.equal(rounds, 1);
  await eventually("the next try", () => rounds === 2);
  const [line] = log.lines;
  assert.equal(line?.level, "error");
  assert.deepEqual(
    [line?.fields["worker"], line?.fields["failures"], line?.fields["reason"]],
    ["tested", 1, "disk full"],
  );

  tested.wake();
  await eventually("a round as before", () => rounds === 3);
  await tested.stop();
});

test("stop ends after the round under way, and no other begins", async (t) => {
  const first = gate();
  let rounds = 0;
  const tested = loop(t, async () => {
    rounds++;
    await first.promise;
    return { more: true, nextDueAtMs: null };
  });
  let stopped = false;
  const stopping = tested.stop().then(() => {
    stopped = true;
  });
  await settled();
  assert.equal(stopped, false);
  first.open();
  await stopping;
  tested.wake();
  await settled();
  assert.equal(rounds, 1);
});

test("stop ends a sleep at once, also that of a worker that fails", async (t) => {
  const idle = loop(t, async () => IDLE);
  const failing = loop(t, async () => {
    throw new Error("always");
  });
  await settled();
  await Promise.all([idle.stop(), failing.stop()]);
});

test("asks when something falls due before it sleeps, and not while it goes on", async (t) => {
  const first = gate();
  let [rounds, asked] = [0, 0];
  const nextDueAtMs = async () => {
    asked++;
    return null;
  };
  const tested = loop(t, async () => {
    rounds++;
    if (rounds === 1) await first.promise;
    return { more: rounds === 2, nextDueAtMs };
  });
  tested.wake();
  first.open();
  await eventually("the round behind the wake and the one that had more", () => rounds === 3);
  await eventually("the question before the sleep", () => asked === 1);
  await settled();
  assert.deepEqual([rounds, asked], [3, 1]);
});

test("a wake while it asks when something falls due is not lost", async (t) => {
  const answer = gate();
  let rounds = 0;
  const tested = loop(t, async () => {
    rounds++;
    return {
      more: false,
      nextDueAtMs: async () => {
        await answer.promise;
        return null;
      },
    };
  });
  await settled();
  assert.equal(rounds, 1);
  tested.wake();
  answer.open();
  await eventually("the second round", () => rounds === 2);
});

test("a question for what falls due that fails is a round that failed", async (t) => {
  const log = recordingLog();
  const nextDueAtMs = () => Promise.reject(new Error("no answer"));
  loop(t, async () => ({ more: false, nextDueAtMs }), { log });
  await eventually("the log's line", () => log.lines.some(({ fields }) => fields["reason"] === "no answer"));
});
