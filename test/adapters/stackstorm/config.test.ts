import assert from "node:assert/strict";
import { test } from "node:test";
import { createStackStorm, type StackStormOptions } from "../../../adapters/stackstorm/index.ts";
import type { Cluster } from "../../../core/clusters/index.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
import { aCluster, countedMetrics, PASSWORD } from "./support.ts";

function create(clusters: Cluster[], options: Partial<StackStormOptions> = {}): void {
  createStackStorm({
    clusters,
    clock: movableClock(),
    log: silentLog,
    metrics: countedMetrics(),
    options,
  }).close();
}

const badOptions: [Partial<StackStormOptions>, RegExp][] = [
  [{ requestTimeoutMs: 0 }, /requestTimeoutMs is 0/],
  [{ startTimeoutMs: 1.5 }, /startTimeoutMs is 1.5/],
  [{ clockSkewMs: -1 }, /clockSkewMs is -1/],
  [{ maxResultBytes: 15 * 1024 * 1024 }, /maxResultBytes is 15728640/],
  [{ streamBackoffMinMs: 10, streamBackoffMaxMs: 5 }, /streamBackoffMaxMs is 5/],
  [{ streamSilenceMs: Number.NaN }, /streamSilenceMs is NaN/],
];

for (const [options, message] of badOptions) {
  test(`the client refuses to be made when ${message.source}`, () => {
    assert.throws(() => create([], options), { code: "stackstorm.bad_config", message });
  });
}

const badAuth: [name: string, auth: Cluster["auth"], field: RegExp][] = [
  ["an empty key", { kind: "apiKey", apiKey: "" }, /hz: auth.apiKey/],
  ["a key with a line break", { kind: "apiKey", apiKey: "abc\ndef" }, /hz: auth.apiKey/],
  ["an empty password", { kind: "password", user: "robot", password: "" }, /hz: auth.password/],
  ["a user with a colon", { kind: "password", user: "a:b", password: PASSWORD }, /hz: auth.user/],
];

for (const [name, auth, message] of badAuth) {
  test(`the client refuses to be made with ${name}`, () => {
    assert.throws(() => create([aCluster("http://x", { auth })]), { code: "stackstorm.bad_config", message });
  });
}

test("the client refuses to be made with two clusters of one name", () => {
  const cluster = aCluster("http://x");
  assert.throws(() => create([cluster, cluster]), { code: "stackstorm.bad_config", message: /hz: name/ });
});

test("no clock skew at all is allowed", () => {
  assert.doesNotThrow(() => create([aCluster("http://x")], { clockSkewMs: 0 }));
});
