import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkConfig, type WecomConfig } from "../../../adapters/wecom/config.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { aConfig } from "./fake-wecom.ts";

function refusal(overrides: Record<string, unknown>): ChatOpsError {
  let thrown: unknown;
  assert.throws(
    () => checkConfig(aConfig(overrides as Partial<WecomConfig>)),
    (error) => {
      thrown = error;
      return error instanceof ChatOpsError && error.code === "wecom.bad_config" && !error.retryable;
    },
  );
  return thrown as ChatOpsError;
}

describe("the configuration of WeCom", () => {
  it("fills in what is not given", () => {
    const { apiBase, callbackWindowMs, requestTimeoutMs, directoryTtlMs } = checkConfig({
      ...aConfig(),
      requestTimeoutMs: 10_000,
    });
    assert.equal(apiBase, "https://qyapi.weixin.qq.com");
    assert.deepEqual([callbackWindowMs, requestTimeoutMs, directoryTtlMs], [300_000, 10_000, 300_000]);
  });

  it("keeps a path in the address and drops its last slash", () => {
    assert.equal(
      checkConfig(aConfig({ apiBase: "http://proxy.example:8080/wecom/" })).apiBase,
      "http://proxy.example:8080/wecom",
    );
  });

  const bad: Record<string, unknown[]> = {
    corpId: ["", "a b", "x".repeat(65), undefined, 7],
    corpSecret: ["", "with blank inside", "字"],
    token: ["", "a".repeat(33), "with-dash", "字"],
    encodingAesKey: ["a".repeat(42), "a".repeat(44), `${"a".repeat(42)}=`, ` ${"a".repeat(42)}`],
    agentId: ["1000002", 1.5, 0, -1, Number.NaN],
    apiBase: [
      "ftp://a.example",
      "not an address",
      "https://u:p@a.example",
      "https://a.example?x=1",
      "https://a.example#x",
    ],
    callbackWindowMs: [0, -1, 1.5, "300000", Number.POSITIVE_INFINITY],
    requestTimeoutMs: [0, 86_400_001],
    directoryTtlMs: [0],
  };
  for (const [field, values] of Object.entries(bad)) {
    it(`refuses a bad ${field} and names it`, () => {
      for (const value of values)
        assert.match(refusal({ [field]: value }).message, new RegExp(`^wecom\\.${field}: `));
    });
  }

  it("never shows the value of a secret", () => {
    const secrets = {
      corpSecret: "very secret app",
      token: "very-secret-token",
      encodingAesKey: "very-secret-key",
    };
    for (const [field, value] of Object.entries(secrets))
      assertLeaksNoSecret([value], refusal({ [field]: value }));
  });
});
