import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { checkHmac } from "../../../bot/http/hmac.ts";
import type { GrafanaAuth, HmacAuth } from "../../../core/events/index.ts";

const NOW_MS = Date.UTC(2026, 10, 20);
const NOW = String(NOW_MS / 1000);
const BODY = '{"event_type":"磁盘"}';
const SECRET = "hmac-secret-of-the-tests";

const HMAC: HmacAuth = {
  ...{ kind: "hmac", secret: SECRET, signatureHeader: "x-sig", timestampHeader: "x-time" },
  ...{ windowSeconds: 300, algorithm: "sha256", encoding: "hex", signed: "timestamp.body" },
};
const GRAFANA: GrafanaAuth = {
  ...{ kind: "grafana", secret: SECRET, signatureHeader: "x-grafana-alerting-signature" },
  ...{ windowSeconds: 300 },
};
const { timestampHeader: _, ...BODY_ONLY } = { ...HMAC, signed: "body" as const };

function mac(text: string, encoding: "hex" | "base64" = "hex", secret = SECRET): string {
  return createHmac("sha256", secret).update(text).digest(encoding);
}

interface Sent {
  signature?: string[];
  stamp?: string[];
  body?: string;
  nowMs?: number;
}

function check(auth: HmacAuth | GrafanaAuth, { signature, stamp, body = BODY, nowMs = NOW_MS }: Sent) {
  const headers: Record<string, string[]> = {};
  if (signature) headers[auth.signatureHeader] = signature;
  if (stamp && auth.timestampHeader) headers[auth.timestampHeader] = stamp;
  return checkHmac(auth, { headers, bytes: Buffer.from(body), nowMs });
}

function judge(auth: HmacAuth | GrafanaAuth, sent: Sent): string {
  const judged = check(auth, sent);
  return judged.outcome === "refused" ? judged.reason : judged.outcome;
}

const right = mac(`${NOW}.${BODY}`);
const CASES: [name: string, auth: HmacAuth | GrafanaAuth, sent: Sent, outcome: string][] = [
  ["the right signature", HMAC, { signature: [right], stamp: [NOW] }, "let_in"],
  ["the right signature in capitals", HMAC, { signature: [right.toUpperCase()], stamp: [NOW] }, "let_in"],
  ["no signature", HMAC, { stamp: [NOW] }, "no_signature"],
  ["an empty signature", HMAC, { signature: [""], stamp: [NOW] }, "no_signature"],
  ["no timestamp", HMAC, { signature: [right] }, "no_signature"],
  ["an empty timestamp", HMAC, { signature: [right], stamp: [""] }, "no_signature"],
  ["two signatures", HMAC, { signature: [right, "0"], stamp: [NOW] }, "repeated_credentials"],
  ["two timestamps", HMAC, { signature: [right], stamp: [NOW, NOW] }, "repeated_credentials"],
  ["half a signature", HMAC, { signature: [right.slice(0, 32)], stamp: [NOW] }, "bad_signature"],
  ["another body", HMAC, { signature: [right], stamp: [NOW], body: `${BODY} ` }, "bad_signature"],
  ["an empty body", HMAC, { signature: [right], stamp: [NOW], body: "" }, "bad_signature"],
  ["another timestamp", HMAC, { signature: [right], stamp: [String(Number(NOW) + 1)] }, "bad_signature"],
  ["timestamp and signature swapped", HMAC, { signature: [NOW], stamp: [right] }, "bad_signature"],
  [
    "a signature with another secret",
    HMAC,
    { signature: [mac(`${NOW}.${BODY}`, "hex", "x")], stamp: [NOW] },
    "bad_signature",
  ],
  ["a signature over the body alone", HMAC, { signature: [mac(BODY)], stamp: [NOW] }, "bad_signature"],
  [
    "a colon in place of the point",
    HMAC,
    { signature: [mac(`${NOW}:${BODY}`)], stamp: [NOW] },
    "bad_signature",
  ],
  [
    "base64 where hex is agreed",
    HMAC,
    { signature: [mac(`${NOW}.${BODY}`, "base64")], stamp: [NOW] },
    "bad_signature",
  ],
  [
    "a colon where it is agreed",
    { ...HMAC, signed: "timestamp:body" },
    { signature: [mac(`${NOW}:${BODY}`)], stamp: [NOW] },
    "let_in",
  ],
  ["the body alone where it is agreed", BODY_ONLY, { signature: [mac(BODY)] }, "let_in"],
  [
    "base64 where it is agreed",
    { ...HMAC, encoding: "base64" },
    { signature: [mac(`${NOW}.${BODY}`, "base64")], stamp: [NOW] },
    "let_in",
  ],
  ["a prefix", { ...BODY_ONLY, prefix: "sha256=" }, { signature: [`sha256=${mac(BODY)}`] }, "let_in"],
  ["a missing prefix", { ...BODY_ONLY, prefix: "sha256=" }, { signature: [mac(BODY)] }, "bad_signature"],
  [
    "a wrong prefix",
    { ...BODY_ONLY, prefix: "sha256=" },
    { signature: [`sha512=${mac(BODY)}`] },
    "bad_signature",
  ],
  ["milliseconds", HMAC, { signature: [mac(`${NOW_MS}.${BODY}`)], stamp: [String(NOW_MS)] }, "let_in"],
  [
    "a timestamp that is no number",
    HMAC,
    { signature: [mac(`now.${BODY}`)], stamp: ["now"] },
    "stale_timestamp",
  ],
  ["a negative timestamp", HMAC, { signature: [mac(`-1.${BODY}`)], stamp: ["-1"] }, "stale_timestamp"],
  ["Grafana's signature over the body", GRAFANA, { signature: [mac(BODY)] }, "let_in"],
  ["a wrong signature for Grafana's", GRAFANA, { signature: [mac(`${BODY} `)] }, "bad_signature"],
  ["none for Grafana's", GRAFANA, {}, "no_signature"],
  [
    "Grafana's signature over timestamp and body",
    { ...GRAFANA, timestampHeader: "x-time" },
    { signature: [mac(`${NOW}:${BODY}`)], stamp: [NOW] },
    "let_in",
  ],
  [
    "Grafana's signature without the timestamp that is asked for",
    { ...GRAFANA, timestampHeader: "x-time" },
    { signature: [mac(BODY)] },
    "no_signature",
  ],
];

for (const [name, auth, sent, outcome] of CASES) {
  test(`answers ${name} with ${outcome}`, () => {
    assert.equal(judge(auth, sent), outcome);
  });
}

for (const [offset, outcome] of [
  [-301, "stale_timestamp"],
  [-300, "let_in"],
  [300, "let_in"],
  [301, "stale_timestamp"],
  [-600, "stale_timestamp"],
] as const) {
  test(`a right signature ${offset} s from now is answered with ${outcome}`, () => {
    const stamp = String(Number(NOW) + offset);
    assert.equal(judge(HMAC, { signature: [mac(`${stamp}.${BODY}`)], stamp: [stamp] }), outcome);
  });
}

test("a wrong signature is not told that it is late", () => {
  assert.equal(judge(HMAC, { signature: ["0"], stamp: ["1"] }), "bad_signature");
});

test("an empty secret lets nothing in", () => {
  const signature = [mac(`${NOW}.${BODY}`, "hex", "")];
  assert.equal(judge({ ...HMAC, secret: "" }, { signature, stamp: [NOW] }), "bad_signature");
});

test("one signed text has one name, however it is spelt, that outlives its timestamp", () => {
  const plain = check(HMAC, { signature: [right], stamp: [NOW] });
  const capitals = check(HMAC, { signature: [right.toUpperCase()], stamp: [NOW] });
  assert.ok(plain.outcome === "let_in" && capitals.outcome === "let_in");
  assert.deepEqual(plain, capitals);
  assert.ok((plain.replay?.forMs ?? 0) > 300_000);
});

test("a signed body without a timestamp is remembered for the window", () => {
  const judged = check(BODY_ONLY, { signature: [mac(BODY)] });
  assert.deepEqual(judged, { outcome: "let_in", replay: { signature: mac(BODY), forMs: 300_000 } });
});

test("while a signature is let in it is remembered, at any instant and for any window", () => {
  const cases = fc.record({
    offset: fc.integer({ min: -100_000, max: 100_000 }),
    windowSeconds: fc.integer({ min: 1, max: 86_400 }),
  });
  fc.assert(
    fc.property(cases, ({ offset, windowSeconds }) => {
      const stamp = String(Number(NOW) + offset);
      const sent = { signature: [mac(`${stamp}.${BODY}`)], stamp: [stamp] };
      const judged = check({ ...HMAC, windowSeconds }, sent);
      assert.equal(judged.outcome, Math.abs(offset) <= windowSeconds ? "let_in" : "refused");
      if (judged.outcome === "refused") return;
      const endMs = NOW_MS + (judged.replay?.forMs ?? 0);
      const late = check({ ...HMAC, windowSeconds }, { ...sent, nowMs: endMs - 59_000 });
      assert.deepEqual(late, { outcome: "refused", reason: "stale_timestamp" });
    }),
  );
});

test("never lets in a signature that was not made for the text", () => {
  const any = fc.record({ given: fc.string({ unit: "binary" }), stamp: fc.string({ unit: "binary" }) });
  fc.assert(
    fc.property(any, ({ given, stamp }) => {
      assert.notEqual(judge(HMAC, { signature: [given], stamp: [stamp] }), "let_in");
      assert.notEqual(judge(GRAFANA, { signature: [given] }), "let_in");
    }),
  );
});
