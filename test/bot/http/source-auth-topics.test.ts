import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { certificatesOver } from "../../../bot/http/certificates.ts";
import { mayConfirm, onceEach } from "../../../bot/http/handshake.ts";
import { checkTopic } from "../../../bot/http/topic-signature.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { TopicAuth } from "../../../core/events/index.ts";
import { selfSigned } from "../../support/self-signed.ts";
import {
  type Fields,
  messageService,
  SNS_CERTIFICATE,
  smnBody,
  snsBody,
  TOPIC_ARN,
  TOPIC_URN,
} from "./message-service.ts";

const NOW_MS = Date.UTC(2026, 10, 20);
const SERVICE = messageService();
const STRANGER = messageService();
const SNS: TopicAuth = { kind: "sns", topics: [TOPIC_ARN], windowSeconds: 3_600 };
const SMN: TopicAuth = { kind: "smn", topics: [TOPIC_URN], windowSeconds: 3_600 };
const SUBSCRIBE = "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&Token=t";

function parse(bytes: Buffer): unknown {
  return bytes.toString().startsWith("{") ? JSON.parse(bytes.toString()) : undefined;
}

function checkText(auth: TopicAuth, text: string, certificate = SERVICE.certificate) {
  const fetched: string[] = [];
  const certificates = certificatesOver(async (url) => {
    fetched.push(url);
    return certificate;
  });
  const request = { headers: {}, bytes: Buffer.from(text), nowMs: NOW_MS };
  return checkTopic(auth, request, { certificates, parse }).then((judged) => ({
    fetched,
    judged: judged.outcome === "let_in" ? judged.outcome : judged.reason,
  }));
}

const check = (auth: TopicAuth, body: Fields, certificate?: string) =>
  checkText(auth, JSON.stringify(body), certificate);

const sns = (over: Fields = {}) => snsBody(SERVICE, NOW_MS, over);
const smn = (over: Fields = {}) => smnBody(SERVICE, NOW_MS, over);
const confirmation = { Type: "SubscriptionConfirmation", SubscribeURL: SUBSCRIBE, Token: "t" };
const minutesAgo = (minutes: number) => new Date(NOW_MS - minutes * 60_000).toISOString();

function without(body: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== name));
}

const CASES: [name: string, auth: TopicAuth, body: Fields, outcome: string][] = [
  ["a notification of SNS", SNS, sns(), "let_in"],
  ["a notification of SNS with a subject", SNS, sns({ Subject: "ALARM" }), "let_in"],
  ["the older scheme of SNS", SNS, sns({ SignatureVersion: "1" }), "let_in"],
  ["a subscription to SNS", SNS, sns(confirmation), "let_in"],
  [
    "the end of a subscription to SNS",
    SNS,
    sns({ ...confirmation, Type: "UnsubscribeConfirmation" }),
    "let_in",
  ],
  ["a notification of SMN", SMN, smn(), "let_in"],
  ["a notification of SMN without a subject", SMN, without(smn(), "subject"), "bad_signature"],
  [
    "a subscription to SMN",
    SMN,
    smn({ type: "SubscriptionConfirmation", subscribe_url: "https://x" }),
    "let_in",
  ],
  ["another message", SNS, { ...sns(), Message: "disk\nfine" }, "bad_signature"],
  ["a subject put in", SNS, { ...sns(), Subject: "x" }, "bad_signature"],
  ["another subscribe URL", SNS, { ...sns(confirmation), SubscribeURL: `${SUBSCRIBE}2` }, "bad_signature"],
  ["two fields swapped", SMN, { ...smn(), message: "告警", subject: "磁盘满" }, "bad_signature"],
  ["the wrong version", SNS, { ...sns(), SignatureVersion: "1" }, "bad_signature"],
  ["a version that is not known", SNS, sns({ SignatureVersion: "3" }), "no_signature"],
  ["the signature of a stranger", SNS, snsBody(STRANGER, NOW_MS), "bad_signature"],
  ["no signature", SNS, without(sns(), "Signature"), "no_signature"],
  ["an empty signature", SNS, { ...sns(), Signature: "" }, "no_signature"],
  ["no certificate", SMN, without(smn(), "signing_cert_url"), "no_signature"],
  ["a field that is missing", SNS, without(sns(), "MessageId"), "no_signature"],
  ["the topic of another account", SNS, sns({ TopicArn: `${TOPIC_ARN}2` }), "topic_not_allowed"],
  [
    "the topic of another tenant",
    SMN,
    smn({ topic_urn: "urn:smn:cn-north-4:evil:alarms" }),
    "topic_not_allowed",
  ],
  ["a message of an hour ago", SNS, sns({ Timestamp: minutesAgo(60) }), "let_in"],
  ["a message of more than an hour ago", SNS, sns({ Timestamp: minutesAgo(61) }), "stale_timestamp"],
  ["a message of tomorrow", SMN, smn({ timestamp: minutesAgo(-1440) }), "stale_timestamp"],
  ["a time that is none", SMN, smn({ timestamp: "soon" }), "stale_timestamp"],
  ["a body of the other service", SNS, smn(), "no_signature"],
];

for (const [name, auth, body, outcome] of CASES) {
  test(`answers ${name} with ${outcome}`, async () => {
    assert.equal((await check(auth, body)).judged, outcome);
  });
}

const FOREIGN_CERTIFICATES = [
  "http://sns.us-west-2.amazonaws.com/SimpleNotificationService-0a.pem",
  "https://sns.us-west-2.amazonaws.com.evil.example/SimpleNotificationService-0a.pem",
  "https://evil.example/SimpleNotificationService-0a.pem",
  "https://evil.example#.sns.us-west-2.amazonaws.com/SimpleNotificationService-0a.pem",
  "https://sns.us-west-2.amazonaws.com@evil.example/SimpleNotificationService-0a.pem",
  "https://u:p@sns.us-west-2.amazonaws.com/SimpleNotificationService-0a.pem",
  "https://sns.us-west-2.amazonaws.com:8443/SimpleNotificationService-0a.pem",
  "https://sns.us-west-2.amazonaws.com/?Action=x&y=/SimpleNotificationService-0a.pem",
  "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-0a.pem?x=1",
  "https://sns.us-west-2.amazonaws.com/other.pem",
  "https://s3.us-west-2.amazonaws.com/SimpleNotificationService-0a.pem",
  "https://sns.amazonaws.com/SimpleNotificationService-0a.pem",
  "https://169.254.169.254/SimpleNotificationService-0a.pem",
  "file:///etc/passwd",
  "",
];

for (const url of FOREIGN_CERTIFICATES) {
  test(`fetches no certificate from ${url || "nowhere"}`, async () => {
    const { judged, fetched } = await check(SNS, sns({ SigningCertURL: url }));
    assert.deepEqual([judged, fetched], ["no_signature", []]);
  });
}

test("fetches the certificates of both services' own hosts, China's too", async () => {
  const china = "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0a.pem";
  assert.deepEqual((await check(SNS, sns({ SigningCertURL: china }))).fetched, [china]);
  const bucket = "https://bucket.obs.cn-north-4.myhuaweicloud.com/smn/SMN_x.pem";
  assert.deepEqual((await check(SMN, smn({ signing_cert_url: bucket }))).fetched, []);
});

test("fetches nothing for a topic or a time that is refused anyway", async () => {
  assert.deepEqual((await check(SNS, sns({ TopicArn: "x" }))).fetched, []);
  assert.deepEqual((await check(SNS, sns({ Timestamp: minutesAgo(61) }))).fetched, []);
});

test("trusts no certificate that is over, of another kind, or none", async () => {
  const over = messageService("250101");
  assert.equal((await check(SNS, snsBody(over, NOW_MS), over.certificate)).judged, "bad_certificate");
  assert.equal((await check(SNS, sns(), selfSigned().cert)).judged, "bad_certificate");
  assert.equal((await check(SNS, sns(), "<html>")).judged, "bad_certificate");
});

test("cannot tell while the certificate cannot be had, and asks again only later", async () => {
  let asked = 0;
  let up = false;
  const certificates = certificatesOver(async () => {
    asked += 1;
    if (!up) throw new ChatOpsError("down", { code: "cloud.timeout" });
    return SERVICE.certificate;
  });
  const at = (nowMs: number) =>
    checkTopic(
      SNS,
      { headers: {}, bytes: Buffer.from(JSON.stringify(sns())), nowMs },
      { certificates, parse },
    );
  assert.equal((await at(NOW_MS)).outcome, "unavailable");
  assert.equal((await at(NOW_MS + 29_000)).outcome, "unavailable");
  assert.equal(asked, 1);
  up = true;
  assert.equal((await at(NOW_MS + 30_000)).outcome, "let_in");
  assert.equal((await at(NOW_MS + 60_000)).outcome, "let_in");
  assert.equal(asked, 2);
});

test("fetches few certificates at once and keeps few", async () => {
  const release: (() => void)[] = [];
  const certificates = certificatesOver(
    () => new Promise((resolve) => release.push(() => resolve(SERVICE.certificate))),
  );
  const asked = Array.from({ length: 20 }, (_, n) => certificates.keyOf(`https://x/${n}`, NOW_MS));
  const settled = Promise.allSettled(asked);
  assert.equal(release.length, 8);
  for (const one of release) one();
  const refused = (await settled).filter(({ status }) => status === "rejected");
  assert.equal(refused.length, 12);
});

test("takes the name of a prototype's property for no signature version", async () => {
  for (const version of ["__proto__", "constructor", "toString"]) {
    const { judged } = await check(SNS, { ...sns(), SignatureVersion: version });
    assert.equal(judged, "no_signature");
  }
});

test("never throws and never lets in a body that nobody signed", async () => {
  const start = { ...sns() };
  const names = fc.constantFrom(...Object.keys(start));
  const spoilt = fc.record({ name: names, value: fc.oneof(fc.string(), fc.jsonValue()) });
  await fc.assert(
    fc.asyncProperty(spoilt, async ({ name, value }) => {
      fc.pre(
        value !== start[name] &&
          name !== "SigningCertURL" &&
          !(name === "Signature" && typeof value === "string"),
      );
      assert.notEqual((await check(SNS, { ...start, [name]: value } as Fields)).judged, "let_in");
    }),
    { numRuns: 200 },
  );
  for (const text of ["", "[]", "{}", "null", '{"Type":{}}', "{"]) {
    const safe = text === "{" ? "x" : text;
    assert.equal((await checkText(SNS, safe)).judged, "no_signature");
  }
});

const CONFIRMABLE: [auth: TopicAuth["kind"] | "none", url: string, may: boolean][] = [
  ["sns", SUBSCRIBE, true],
  ["sns", "https://sns.cn-north-1.amazonaws.com.cn/?Action=ConfirmSubscription", true],
  ["sns", "http://sns.us-west-2.amazonaws.com/?x", false],
  ["sns", "https://169.254.169.254/latest", false],
  ["sns", "https://sns.us-west-2.amazonaws.com.evil.example/", false],
  ["sns", "https://console.huaweicloud.com/smn/subscription/confirm", false],
  ["smn", "https://console.huaweicloud.com/smn/subscription/confirm?token=t", true],
  ["smn", "https://smn.cn-north-4.myhuaweicloud.com/smn/subscription/confirm", true],
  ["smn", "https://evil.obs.cn-north-4.myhuaweicloud.com/x", false],
  ["smn", SUBSCRIBE, false],
  ["none", SUBSCRIBE, false],
];

for (const [kind, url, may] of CONFIRMABLE) {
  test(`with auth ${kind} ${url} is ${may ? "" : "not "}confirmed by itself`, () => {
    const auth = kind === "none" ? ({ kind } as const) : { ...SNS, kind };
    assert.equal(mayConfirm(auth, url), may);
  });
}

test("an address is confirmed once, and again only after a failure", async () => {
  let calls = 0;
  let fails = true;
  const confirm = onceEach(async () => {
    calls += 1;
    if (fails) throw new ChatOpsError("down", { code: "cloud.timeout" });
  });
  await assert.rejects(confirm(SNS_CERTIFICATE), { code: "cloud.timeout" });
  fails = false;
  await Promise.all([confirm(SNS_CERTIFICATE), confirm(SNS_CERTIFICATE)]);
  await confirm(SNS_CERTIFICATE);
  assert.equal(calls, 2);
});
