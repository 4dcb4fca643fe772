import assert from "node:assert/strict";
import { test } from "node:test";
import { demoCompany } from "../../../fixtures/simulators/wecom/index.ts";
import { logged, message, metric, openWorld } from "../../support/world.ts";
import {
  clickXml,
  deliver,
  deliveryOf,
  echoQuery,
  type Forgery,
  sendCallback,
  textXml,
} from "./callbacks.ts";

const WINDOW_SECONDS = 300;
const OTHER_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const now = () => Math.floor(Date.now() / 1000);

const DTD = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Encrypt>&e;</Encrypt></xml>`;
const LAUGHS = `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>`;

const LEVELS = "abcdefghij";
const LAUGH_ENTITIES = [...LEVELS].map((name, i) => {
  return `<!ENTITY ${name} "${i === 0 ? "ha" : `&${LEVELS[i - 1]};`.repeat(10)}">`;
});
const BILLION_LAUGHS = `<!DOCTYPE x [${LAUGH_ENTITIES.join("")}]><xml><Encrypt>&j;</Encrypt></xml>`;

const BAD: [name: string, forgery: Forgery, status: number, reason: string][] = [
  ["a wrong signature", { token: "anotherToken" }, 401, "bad_signature"],
  ["a swapped nonce", { nonce: "another-nonce" }, 401, "bad_signature"],
  ["an old timestamp", { timestampSeconds: now() - WINDOW_SECONDS - 30 }, 400, "stale_timestamp"],
  ["a timestamp of the future", { timestampSeconds: now() + WINDOW_SECONDS + 3_600 }, 400, "stale_timestamp"],
  ["another company's receiveid", { receiveId: "ww99999999other1" }, 400, "other_receiver"],
  ["a ciphertext that is no base64", { cipherText: "%%%not base64%%%" }, 400, "bad_ciphertext"],
  [
    "a ciphertext of half a block",
    { cipherText: Buffer.alloc(24).toString("base64") },
    400,
    "bad_ciphertext",
  ],
  ["random blocks as ciphertext", { cipherText: Buffer.alloc(64, 7).toString("base64") }, 400, "bad_padding"],
  ["another key", { encodingAesKey: OTHER_KEY }, 400, "bad_padding"],
  ["a body that is no XML", { body: "hello" }, 400, "bad_xml"],
  ["an empty body", { body: "" }, 400, "bad_xml"],
  ["XML with a DTD", { body: DTD }, 400, "bad_xml"],
  ["XML with entities that grow", { body: LAUGHS }, 400, "bad_xml"],
  ["XML of a billion laughs", { body: BILLION_LAUGHS }, 400, "bad_xml"],
  ["a body beyond 64 KiB", { body: `<xml>${"x".repeat(65_537)}</xml>` }, 413, "too_large"],
];

test("each bad callback is refused with its reason, counted and logged, and changes nothing", async (t) => {
  const world = await openWorld(t);
  for (const [name, forgery, status, reason] of BAD) {
    await t.test(name, async () => {
      const labels = { kind: "message", outcome: reason };
      const before = await metric(world, "whale_callbacks_total", labels);
      const press = { userId: "zhangsan", taskId: `t_${"a".repeat(52)}@1`, key: "approve" };
      const answer = await sendCallback(world.url(), clickXml(press), forgery);
      assert.equal(answer.status, status);
      assert.equal(await answer.text(), reason);
      assert.equal(await metric(world, "whale_callbacks_total", labels), before + 1);
      if (reason !== "too_large") await logged(world, { msg: "WeCom callback refused", reason });
    });
  }
  await t.test("a query with a value missing or twice", async () => {
    const url = `${world.url()}/wecom/callback`;
    assert.equal(
      (await fetch(url, { method: "POST", body: "<xml><Encrypt>QUJD</Encrypt></xml>" })).status,
      400,
    );
    const twice = `${url}?msg_signature=a&msg_signature=b&timestamp=1&nonce=2`;
    assert.equal(
      (await fetch(twice, { method: "POST", body: "<xml><Encrypt>QUJD</Encrypt></xml>" })).status,
      400,
    );
  });
  const told = JSON.stringify(world.lines);
  for (const secret of [demoCompany.token, demoCompany.encodingAesKey, demoCompany.corpSecret]) {
    assert.ok(!told.includes(secret), "a secret is in the log");
  }
  const claimed = await world.stored((store) => store.inbox.claim(10, 1000));
  assert.deepEqual(claimed, []);
});

test("a good message for another app of the company is refused", async (t) => {
  const world = await openWorld(t);
  const xml = textXml("zhangsan", "help", "1").replace(`>${demoCompany.agentId}<`, ">1000099<");
  const answer = await sendCallback(world.url(), xml);
  assert.equal(await answer.text(), "other_agent");
  assert.equal(answer.status, 400);
});

test("a good callback is answered with an empty 200, and once more as one that was seen", async (t) => {
  const world = await openWorld(t);
  const xml = textXml("zhangsan", "help", "77");
  for (const outcome of ["new", "seen"]) {
    const answer = await sendCallback(world.url(), xml);
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), "");
    assert.equal(await metric(world, "whale_callbacks_total", { kind: "text", outcome }), 1);
  }
  await message(world, "zhangsan", "可以发送");
});

test("an event that Whale has no use for is noted", async (t) => {
  const world = await openWorld(t);
  const xml = textXml("zhangsan", "x", "1")
    .replace("<![CDATA[text]]>", "<![CDATA[event]]>")
    .replace("<Content><![CDATA[x]]></Content>", "<Event><![CDATA[enter_agent]]></Event>");
  assert.equal((await sendCallback(world.url(), xml)).status, 200);
  await logged(world, { msg: "WeCom event noted", event: "enter_agent", by: "zhangsan" });
});

test("the address check gets the bare text, and a bad one a refusal", async (t) => {
  const world = await openWorld(t);
  const check = (query: URLSearchParams) => fetch(`${world.url()}/wecom/callback?${query}`);

  const good = await check(echoQuery("1234567890"));
  assert.equal(good.status, 200);
  assert.equal(await good.text(), "1234567890");
  assert.deepEqual(await world.wecom.verifyUrl(), { outcome: "verified" });

  const forged = await check(echoQuery("1", { token: "anotherToken" }));
  assert.equal(forged.status, 403);
  assert.equal(await forged.text(), "bad_signature");
  const other = await check(echoQuery("1", { receiveId: "ww99999999other1" }));
  assert.equal(await other.text(), "other_receiver");
  assert.equal((await check(new URLSearchParams())).status, 403);
  for (const outcome of ["bad_signature", "other_receiver", "bad_query"])
    assert.equal(await metric(world, "whale_callbacks_total", { kind: "verify", outcome }), 1);
});

test("whoever changes a recorded delivery learns nothing of its key: each change has the same answer", async (t) => {
  const world = await openWorld(t);
  const press = { userId: "zhangsan", taskId: `t_${"a".repeat(52)}@1`, key: "approve" };
  const { query, body } = deliveryOf(clickXml(press));
  const start = body.indexOf("<Encrypt><![CDATA[") + "<Encrypt><![CDATA[".length;
  const end = body.indexOf("]]></Encrypt>");
  const answers = new Set<string>();
  for (let i = 1; i <= 32; i += 1) {
    // The last blocks, which a padding oracle would ask about, and some before.
    const at = end - i * 11;
    assert.ok(at > start);
    const other = body[at] === "A" ? "B" : "A";
    const answer = await deliver(world.url(), {
      query,
      body: body.slice(0, at) + other + body.slice(at + 1),
    });
    answers.add(`${answer.status} ${await answer.text()}`);
  }
  assert.deepEqual([...answers], ["401 bad_signature"]);
});
