import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NO_REDIS } from "../support/redis.ts";
import { until } from "../support/world.ts";
import { assertAllKept, startFleet } from "./fleet.ts";

const SECONDS_TO_END = 30;

describe("a rolling restart of two processes on one Redis", { skip: NO_REDIS }, () => {
  test("loses nothing and doubles nothing, and each process ends in order within 30 seconds", async (t) => {
    const fleet = await startFleet(t);
    await fleet.under(120, async () => {
      for (const member of [...fleet.members, ...fleet.members]) {
        const beganMs = performance.now();
        assert.equal(await member.end("SIGTERM"), 0);
        assert.ok(performance.now() - beganMs < SECONDS_TO_END * 1_000);
        const last = member.lines.at(-1);
        assert.equal(last?.msg, "ended, nothing left");
        await member.start();
      }
    });
    assert.deepEqual(await assertAllKept(fleet, 120), []);
    const codes = fleet.members.flatMap(({ lines }) => lines.filter(({ level }) => level === "error"));
    // Elasticsearch is away all the time, and says so.
    assert.deepEqual(
      codes.filter((line) => line["worker"] !== "archiver"),
      [],
    );
  });

  test("says that it leaves before it takes no more requests", async (t) => {
    const fleet = await startFleet(t, { env: () => ({ WHALE_DRAIN: "3s" }) });
    const own = `http://127.0.0.1:${fleet.envs[0]?.["PORT"]}`;
    const ending = fleet.members[0]?.end("SIGTERM");
    await until({ lines: fleet.members[0]?.lines ?? [] }, "readyz to answer 503", async () => {
      return (await fetch(`${own}/readyz`)).status === 503;
    });
    const body = JSON.stringify({ event_type: "chaos.probe", id: "late", title: "x", detail: { host: "h" } });
    const headers = { "content-type": "application/json" };
    assert.equal((await fetch(`${own}/hooks/generic`, { method: "POST", body, headers })).status, 202);
    assert.equal(await ending, 0);
  });
});
