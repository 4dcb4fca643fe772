import assert from "node:assert/strict";
import { test } from "node:test";
import type { TakeRequest } from "../../core/throttle/index.ts";
import { NO_REDIS, startRedis } from "../support/redis.ts";
import { tempFolder } from "../support/sqlite.ts";
import { bareScript, embedded, overRedis } from "./throttle/contestants.ts";

function wishNo(no: number): TakeRequest {
  const bucket = { key: `k${no % 3}`, limit: 60, perMs: 60_000, burst: 5 };
  return { grantId: `t_${no.toString().padStart(52, "0")}`, ...bucket, atMs: 1_800_000_000_000 + no };
}

test("the contestants of the throttle benchmark answer alike", { skip: NO_REDIS }, async (t) => {
  const server = await startRedis();
  t.after(() => server.remove());
  const wishes = Array.from({ length: 60 }, (_, no) => wishNo(no));
  const folder = tempFolder();
  t.after(folder.remove);
  const contestants = [await overRedis(server), await bareScript(server), await embedded(folder.path)];
  const answers: string[][] = [];
  for (const one of contestants) {
    answers.push(await one.decide(wishes));
    await one.close();
  }
  const [first, ...others] = answers;
  assert.deepEqual(new Set(first), new Set(["granted", "held"]));
  for (const other of others) assert.deepEqual(other, first);
});
