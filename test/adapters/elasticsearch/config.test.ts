import assert from "node:assert/strict";
import { test } from "node:test";
import { checkOptions, type ElasticsearchOptions } from "../../../adapters/elasticsearch/config.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { silentLog } from "../../support/log.ts";

const GOOD: ElasticsearchOptions = {
  urls: ["https://es.example:9200"],
  auth: { kind: "none" },
  log: silentLog,
};
const SECRET = "s3cret word";

test("what is not given has a default", () => {
  const { prefix, replicas, requestTimeoutMs } = checkOptions(GOOD);
  assert.deepEqual(
    { prefix, replicas, requestTimeoutMs },
    { prefix: "whale", replicas: 1, requestTimeoutMs: 30_000 },
  );
});

const BAD: [name: string, options: Partial<ElasticsearchOptions>][] = [
  ["urls", { urls: [] }],
  ["urls[0]", { urls: ["es.example"] }],
  ["urls[0]", { urls: ["ftp://es.example"] }],
  ["urls[1]", { urls: ["http://a", `http://whale:${encodeURIComponent(SECRET)}@es.example`] }],
  ["urls[0]", { urls: [`http://a?key=${encodeURIComponent(SECRET)}`] }],
  ["auth.apiKey", { auth: { kind: "apiKey", apiKey: "" } }],
  ["auth.apiKey", { auth: { kind: "apiKey", apiKey: `${SECRET}\n` } }],
  ["auth.user", { auth: { kind: "basic", user: "", password: SECRET } }],
  ["auth.user", { auth: { kind: "basic", user: "a:b", password: SECRET } }],
  ["auth.password", { auth: { kind: "basic", user: "whale", password: "" } }],
  ["prefix", { prefix: "" }],
  ["prefix", { prefix: "Whale" }],
  ["prefix", { prefix: "*" }],
  ["prefix", { prefix: "a,b" }],
  ["requestTimeoutMs", { requestTimeoutMs: 0 }],
  ["requestTimeoutMs", { requestTimeoutMs: 2 ** 31 }],
  ["replicas", { replicas: -1 }],
  ["maxBulkBytes", { maxBulkBytes: 0.5 }],
  ["maxAttempts", { maxAttempts: 0 }],
  ["backoffBaseMs", { backoffBaseMs: Number.NaN }],
];

for (const [name, options] of BAD) {
  test(`refuses ${name} of ${JSON.stringify(options[name.split(/\W/)[0] as keyof ElasticsearchOptions])}`, () => {
    assert.throws(
      () => checkOptions({ ...GOOD, ...options }),
      (thrown: Error & { code?: string }) => {
        assert.equal(thrown.code, "elasticsearch.bad_option");
        assert.ok(thrown.message.includes(` ${name} `), thrown.message);
        assertLeaksNoSecret([SECRET], thrown);
        return true;
      },
    );
  });
}
