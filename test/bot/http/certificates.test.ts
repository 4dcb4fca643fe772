import assert from "node:assert/strict";
import { test } from "node:test";
import { certificatesOver } from "../../../bot/http/certificates.ts";
import { checkTopic } from "../../../bot/http/topic-signature.ts";
import type { TopicAuth } from "../../../core/events/index.ts";
import { messageService, SNS_CERTIFICATE, snsBody, TOPIC_ARN } from "./message-service.ts";

const NOW_MS = Date.UTC(2026, 10, 20);
const DAY_MS = 86_400_000;
const SERVICE = messageService();

const stranger = (n: number) => `https://x/${n}`;
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

/** Certificates that note what they fetch. What strangers name is never answered while `hang` is set. */
function fetching() {
  const state = { fetched: [] as string[], hang: false };
  const certificates = certificatesOver((url) => {
    state.fetched.push(url);
    const waits = state.hang && url !== SNS_CERTIFICATE;
    return waits ? new Promise<string>(() => undefined) : Promise.resolve(SERVICE.certificate);
  });
  const letIn = async (nowMs: number) => {
    const bytes = Buffer.from(JSON.stringify(snsBody(SERVICE, nowMs, {})));
    const auth: TopicAuth = { kind: "sns", topics: [TOPIC_ARN], windowSeconds: 3_600 };
    const parse = (body: Buffer) => JSON.parse(body.toString());
    return (await checkTopic(auth, { headers: {}, bytes, nowMs }, { certificates, parse })).outcome;
  };
  const times = (url: string) => state.fetched.filter((one) => one === url).length;
  return { state, certificates, letIn, times };
}

test("a certificate that has verified a message stays, however many others are named", async () => {
  const { certificates, letIn, times } = fetching();
  assert.equal(await letIn(NOW_MS), "let_in");
  for (const n of upTo(100)) await certificates.keyOf(stranger(n), NOW_MS);
  assert.equal(await letIn(NOW_MS), "let_in");
  assert.equal(times(SNS_CERTIFICATE), 1);
});

test("of the others the one that was not asked for longest goes first", async () => {
  const { certificates, times } = fetching();
  for (const n of upTo(32)) await certificates.keyOf(stranger(n), NOW_MS);
  await certificates.keyOf(stranger(0), NOW_MS);
  await certificates.keyOf(stranger(99), NOW_MS);
  for (const n of [0, 1]) await certificates.keyOf(stranger(n), NOW_MS);
  assert.deepEqual([times(stranger(0)), times(stranger(1))], [1, 2]);
});

test("a certificate that has verified a message is fetched anew while others hold up their fetches", async () => {
  const { state, certificates, letIn } = fetching();
  assert.equal(await letIn(NOW_MS), "let_in");
  state.hang = true;
  const later = NOW_MS + DAY_MS + 1;
  const waiting = upTo(20).map((n) => certificates.keyOf(stranger(n), later));
  void Promise.allSettled(waiting);
  assert.equal(await letIn(later), "let_in");
});

test("what could not be fetched for want of a place is asked for again at once", async () => {
  const answers: (() => void)[] = [];
  const certificates = certificatesOver(
    () => new Promise((resolve) => answers.push(() => resolve(SERVICE.certificate))),
  );
  const first = upTo(8).map((n) => certificates.keyOf(stranger(n), NOW_MS));
  await assert.rejects(certificates.keyOf(stranger(8), NOW_MS), { code: "certificates.busy" });
  for (const answer of answers.splice(0)) answer();
  await Promise.all(first);
  const again = certificates.keyOf(stranger(8), NOW_MS);
  for (const answer of answers) answer();
  assert.notEqual(await again, null);
});
