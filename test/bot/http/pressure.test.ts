import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SampledFacts } from "../../../bot/pressure/index.ts";
import { type PressureReason, retryAfterSeconds } from "../../../core/pressure/index.ts";
import { drill, drillRule } from "../../scenarios/drill.ts";
import { cardClosed, click, openCard, openWorld, post, until } from "../../support/world.ts";
import { answerOf, hookServer, jsonPost, receiptsOf } from "./hook-server.ts";

const LIMITS = { minFreeDiskBytes: 1000, maxBehind: 100, maxRssBytes: 1000, maxHeapShare: 0.9 };
const CALM: SampledFacts = {
  freeDiskBytes: 1e9,
  behind: { rules: 0, archive: 0 },
  rssBytes: 1,
  usedBytes: 1,
  heapShare: 0.1,
};

const SHORT: [reason: PressureReason, facts: Partial<SampledFacts>][] = [
  ["disk_low", { freeDiskBytes: 999 }],
  ["memory_high", { rssBytes: 1001, usedBytes: 1001 }],
  ["memory_high", { heapShare: 0.95 }],
  ["journal_behind", { behind: { rules: 100, archive: 0 } }],
  ["journal_behind", { behind: { rules: 0, archive: 100 } }],
];

const BODY = '{"event_type":"disk.full","id":"1"}';
const SOURCES = { open: { auth: "none" } };

describe("near a limit intake turns away before it promises anything", () => {
  for (const [reason, facts] of SHORT) {
    test(`${reason} by ${Object.keys(facts)}: 503 with Retry-After, readyz says so, afterwards it takes again`, async (t) => {
      const server = await hookServer(t, { sources: SOURCES, limits: LIMITS });
      server.pressure().sampled({ ...CALM, ...facts });

      const answer = await server.send("open", jsonPost(BODY));
      assert.equal(answer.headers.get("retry-after"), String(retryAfterSeconds(reason)));
      assert.deepEqual(
        [answer.status, ((await answer.json()) as { error: object }).error],
        [
          503,
          {
            code: "overloaded",
            message: `现在存不下更多，请再发一次 (nothing more can be kept safe now, send it again): ${reason}`,
          },
        ],
      );
      const ready = await server.ready();
      const told = (await ready.json()) as { ready: boolean; reason: string };
      assert.deepEqual([ready.status, told.ready, told.reason.split(":")[0]], [503, false, reason]);
      assert.match(await server.metrics(), new RegExp(`whale_intake_shed_total\\{reason="${reason}"\\} 1`));
      assert.equal(await server.store().journal.lag("rules"), 0);

      server.pressure().sampled(CALM);
      assert.equal((await server.ready()).status, 200);
      const [receipt] = await receiptsOf(server.send("open", jsonPost(BODY)));
      assert.equal(receipt?.outcome, "new");
    });
  }

  test("a wavering disk turns away without a break and logs one line each way", async (t) => {
    const server = await hookServer(t, { sources: SOURCES, limits: LIMITS });
    for (const freeDiskBytes of [999, 1050, 990, 1100, 1000, 1e9]) {
      server.pressure().sampled({ ...CALM, freeDiskBytes });
      const [status] = await answerOf(server.send("open", jsonPost(BODY)));
      assert.equal(status, freeDiskBytes === 1e9 ? 202 : 503);
    }
    const lines = server.lines.filter((line) => /intake (sheds|takes)/.test(line));
    assert.equal(lines.length, 2);
  });

  test("bodies in flight: what does not fit beside them is turned away, what is answered makes room", async (t) => {
    const server = await hookServer(t, { sources: SOURCES, limits: { maxInFlightBytes: 100 } });
    const gate = server.pressure();
    assert.equal(gate.enter(90), true);
    const [status, code] = await answerOf(server.send("open", jsonPost(BODY)));
    assert.deepEqual([status, code, gate.pressure().reason], [503, "overloaded", "bodies_in_flight"]);
    assert.equal((await server.ready()).status, 503);
    gate.leave(90);
    for (let i = 0; i < 5; i++) await receiptsOf(server.send("open", jsonPost(BODY)));
    assert.equal((await server.ready()).status, 200);
  });

  test("a body that is refused leaves no trace among those in flight", async (t) => {
    const server = await hookServer(t, { sources: SOURCES, limits: { maxInFlightBytes: 60 } });
    for (let i = 0; i < 5; i++) {
      const [status] = await answerOf(server.send("open", jsonPost("no JSON, but thirty bytes long")));
      assert.equal(status, 400);
    }
    assert.equal(server.pressure().enter(60), true);
  });
});

test("a process whose disk is short takes no events, but the clicks of people", async (t) => {
  const world = await openWorld(t, { files: drillRule() });
  await drill(world, "1");
  const card = await openCard(world, "演练");
  await world.stop();
  world.env["WHALE_MIN_FREE_DISK"] = "999999TB";
  await world.start();

  const answer = await post(world, "generic", JSON.stringify({ event_type: "drill", id: "2" }));
  assert.deepEqual([answer.status, answer.headers.get("retry-after")], [503, "30"]);
  const ready = await fetch(`${world.url()}/readyz`);
  const { reason, warnings } = (await ready.json()) as { reason: string; warnings: object[] };
  assert.match(reason, /^disk_low: \d+ MB free/);
  assert.deepEqual(warnings, []);
  await click(world, card, "approve");
  assert.equal(await cardClosed(world, card), "成功");
  await until(world, "the log to say so", () =>
    world.lines.some((line) => line.msg === "intake sheds events"),
  );
});
