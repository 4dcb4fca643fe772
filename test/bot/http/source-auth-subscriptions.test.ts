import assert from "node:assert/strict";
import { test } from "node:test";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { answerOf, type HookServer, hookServer, jsonPost as post, receiptsOf } from "./hook-server.ts";
import {
  messageService,
  SMN_CERTIFICATE,
  SNS_CERTIFICATE,
  smnBody,
  snsBody,
  TOPIC_ARN,
  TOPIC_URN,
} from "./message-service.ts";

const SERVICE = messageService();
const TOPICS = {
  sns: { kind: "aws-sns", auth: { sns: { topics: [TOPIC_ARN] } } },
  smn: { kind: "huawei-smn", auth: { smn: { topics: [TOPIC_URN] } } },
  open: { kind: "aws-sns", auth: "none" },
};
const SUBSCRIBE = "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&Token=t0k3n";
const SMN_SUBSCRIBE = "https://console.huaweicloud.com/smn/subscription/confirm?token=t0k3n";
const SNS_ASK = { Type: "SubscriptionConfirmation", SubscribeURL: SUBSCRIBE, Token: "t0k3n" };

function topic(server: HookServer, source: string, body: object, headers?: Record<string, string>) {
  return server.send(source, post(JSON.stringify(body), headers));
}

async function reasons(server: HookServer): Promise<string[]> {
  return (await server.store().journal.refusals(10)).map(({ reason }) => reason);
}

test("signed messages of both clouds are taken, once, and others are not", async (t) => {
  const server = await hookServer(t, { sources: TOPICS, certificate: SERVICE.certificate });
  const nowMs = server.clock.nowMs();
  const bodies = [
    ["sns", snsBody(SERVICE, nowMs)],
    ["smn", smnBody(SERVICE, nowMs)],
  ] as const;
  for (const [source, body] of bodies) {
    const [first] = await receiptsOf(topic(server, source, body));
    assert.equal(first?.outcome, "new");
    await server.restart();
    const raw = { "x-amz-sns-rawdelivery": "true", "x-amz-sns-message-id": "another" };
    const [again] = await receiptsOf(topic(server, source, body, raw));
    assert.deepEqual(again, { eventId: first?.eventId, outcome: "duplicate" });
  }
  assert.deepEqual(await answerOf(topic(server, "smn", snsBody(SERVICE, nowMs))), [401, "no_signature"]);
  const forged = { ...snsBody(SERVICE, nowMs), Message: "x" };
  assert.deepEqual(await answerOf(topic(server, "sns", forged)), [401, "bad_signature"]);
  assert.equal(await server.store().journal.lag("rules"), 2);
});

test("a subscription is confirmed once when the service signed it", async (t) => {
  const server = await hookServer(t, { sources: TOPICS, certificate: SERVICE.certificate });
  const nowMs = server.clock.nowMs();
  const ask = snsBody(SERVICE, nowMs, SNS_ASK);
  for (let n = 0; n < 3; n += 1) assert.equal((await topic(server, "sns", ask)).status, 202);
  const smn = smnBody(SERVICE, nowMs, { type: "SubscriptionConfirmation", subscribe_url: SMN_SUBSCRIBE });
  assert.equal((await topic(server, "smn", smn)).status, 202);
  assert.deepEqual(server.asked, [SNS_CERTIFICATE, SUBSCRIBE, SMN_CERTIFICATE, SMN_SUBSCRIBE]);
  assert.deepEqual(await reasons(server), ["handshake_confirmed", "handshake_confirmed"]);
  assertLeaksNoSecret(["t0k3n"], server.lines);
});

test("a subscription that nobody signed, or of a foreign host, is never opened", async (t) => {
  const server = await hookServer(t, { sources: TOPICS, certificate: SERVICE.certificate });
  const nowMs = server.clock.nowMs();
  const ask = snsBody(SERVICE, nowMs, SNS_ASK);
  assert.equal((await topic(server, "open", ask)).status, 202);
  assert.equal((await topic(server, "sns", { ...ask, Token: "x" })).status, 401);
  const foreign = snsBody(SERVICE, nowMs, { ...SNS_ASK, SubscribeURL: "https://169.254.169.254/" });
  assert.deepEqual(await answerOf(topic(server, "sns", foreign)), [400, "bad_shape"]);
  assert.deepEqual(
    server.asked.filter((url) => url !== SNS_CERTIFICATE),
    [],
  );
  assert.deepEqual((await reasons(server)).sort(), ["bad_shape", "handshake"]);
});

test("a subscription that cannot be confirmed now waits for a person", async (t) => {
  const server = await hookServer(t, { sources: TOPICS, certificate: SERVICE.certificate, confirms: false });
  const ask = snsBody(SERVICE, server.clock.nowMs(), SNS_ASK);
  assert.equal((await topic(server, "sns", ask)).status, 202);
  assert.deepEqual(await reasons(server), ["handshake"]);
  const [told] = await server.store().journal.refusals(1);
  assert.match(told?.message ?? "", /^请打开 https:\S+ 确认订阅 .* \(open this address to confirm/);
});

test("while a certificate cannot be had the sender is asked to send again", async (t) => {
  const server = await hookServer(t, { sources: TOPICS });
  const answer = await topic(server, "sns", snsBody(SERVICE, server.clock.nowMs()));
  assert.equal(answer.status, 503);
  assert.ok(Number(answer.headers.get("retry-after")) > 0);
});
