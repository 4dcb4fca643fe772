import assert from "node:assert/strict";
import { test } from "node:test";
import type { ElasticsearchAuth } from "../../../adapters/elasticsearch/index.ts";
import { eventAt } from "../../contract/archive.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { recordingLog } from "../../support/log.ts";
import { type BulkStep, scripted } from "./scripted.ts";

const PASSWORD = "correct-horse-battery";
const API_KEY = "VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw==";
const PRIVATE = "the customer's own words";

const AUTHS: [auth: ElasticsearchAuth, secret: string][] = [
  [{ kind: "apiKey", apiKey: API_KEY }, API_KEY],
  [{ kind: "basic", user: "whale", password: PASSWORD }, PASSWORD],
];
const STEPS: BulkStep[] = [
  "cut",
  "hang",
  "no product",
  [429],
  [400],
  { status: 503 },
  { status: 200, body: { items: PRIVATE } },
];

for (const [auth, secret] of AUTHS) {
  test(`no failure shows the secret of ${auth.kind} or what the events say`, async (t) => {
    const repeats = { error: { type: "security_exception", reason: `no: ${secret}` } };
    for (const step of [...STEPS, { status: 401, body: repeats }]) {
      const log = recordingLog();
      const { archive, headers } = await scripted(t, [step], {
        auth,
        log,
        requestTimeoutMs: 200,
        maxAttempts: 2,
      });
      const event = eventAt("e_1", 0, { detail: { text: PRIVATE } });
      await assert.rejects(archive.write({ events: [event], verdicts: [] }), (thrown) => {
        assertLeaksNoSecret([secret, PRIVATE], [thrown, log.lines]);
        return true;
      });
      assert.match(String(headers[0]?.authorization), auth.kind === "apiKey" ? /^ApiKey / : /^Basic /);
    }
  });
}
