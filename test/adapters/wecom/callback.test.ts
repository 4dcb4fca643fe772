import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  createCallbackCrypto,
  createWecom,
  type Sealed,
  type WecomConfig,
} from "../../../adapters/wecom/index.ts";
import type { Metrics } from "../../../core/ports/index.ts";
import { movableClock } from "../../support/clock.ts";
import { silentLog } from "../../support/log.ts";
import { aConfig } from "./fake-wecom.ts";
import { OWN, V1, V2, V3, V4, type Vector } from "./vectors.ts";

const NOW_MS = 1_760_000_000_000;
const clock = movableClock(NOW_MS);
const noMetrics: Metrics = { count: () => undefined, observe: () => undefined, gauge: () => undefined };
const sealer = createCallbackCrypto({ ...OWN, windowMs: 300_000, clock });

function callbackOf(config: Partial<WecomConfig> = {}, nowMs = NOW_MS) {
  return createWecom(aConfig(config), { clock: movableClock(nowMs), log: silentLog, metrics: noMetrics })
    .callback;
}

function official(vector: Vector) {
  const { token, encodingAesKey, receiveId: corpId } = vector;
  return callbackOf({ token, encodingAesKey, corpId, agentId: 218 }, Number(vector.timestamp) * 1000);
}

function queryOf(sealed: Pick<Sealed, "signature" | "timestamp" | "nonce">) {
  return { msg_signature: sealed.signature, timestamp: sealed.timestamp, nonce: sealed.nonce };
}

function envelope(encrypt: string): Buffer {
  return Buffer.from(
    `<xml><ToUserName><![CDATA[x]]></ToUserName><Encrypt><![CDATA[${encrypt}]]></Encrypt></xml>`,
  );
}

/** Delivers an inner XML as WeCom would. */
function deliver(inner: string, callback = callbackOf()) {
  const sealed = sealer.seal(inner, { timestamp: "1760000000", nonce: "n" });
  return callback.open(queryOf(sealed), envelope(sealed.encrypt));
}

/** An event of zhangsan with some fields. */
function event(fields: Record<string, string>): string {
  const all = {
    FromUserName: "ZhangSan",
    CreateTime: "1760000000",
    MsgType: "event",
    AgentID: "1000002",
    ...fields,
  };
  const elements = Object.entries(all).map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`);
  return `<xml>${elements.join("")}</xml>`;
}

function received(outcome: ReturnType<typeof deliver>) {
  assert.ok(outcome.outcome === "received", "was refused");
  return outcome;
}

const CLICK = { Event: "template_card_event", EventKey: "Approve", TaskId: "Req-42@1", ResponseCode: "RC1" };

describe("checking the callback address", () => {
  it("answers the bare decrypted text", () => {
    const query = { ...queryOf(V2), echostr: V2.encrypt };
    assert.deepEqual(official(V2).verifyUrl(query), { outcome: "verified", echo: "1616140317555161061" });
  });

  it("accepts an echostr whose + a framework turned into a blank", () => {
    const query = { ...queryOf(V1), echostr: V1.encrypt.replaceAll("+", " ") };
    assert.ok(V1.encrypt.includes("+"));
    assert.deepEqual(official(V1).verifyUrl(query), { outcome: "verified", echo: V1.plain });
  });

  it("refuses a query without echostr or with two", () => {
    for (const echostr of [undefined, [V2.encrypt, V2.encrypt]]) {
      const verified = official(V2).verifyUrl({ ...queryOf(V2), echostr });
      assert.deepEqual(verified, { outcome: "refused", reason: "bad_query" });
    }
  });

  it("refuses the check of another token", () => {
    const query = { ...queryOf(V2), echostr: V2.encrypt };
    const other = callbackOf(
      { token: "other", encodingAesKey: V2.encodingAesKey },
      Number(V2.timestamp) * 1000,
    );
    assert.deepEqual(other.verifyUrl(query), { outcome: "refused", reason: "bad_signature" });
  });
});

describe("opening a callback", () => {
  it("reads a text message", () => {
    const opened = received(official(V1).open(queryOf(V1), envelope(V1.encrypt)));
    assert.equal(opened.kind, "text");
    assert.deepEqual(opened.item, {
      key: "218|mycreate|4561255354251345929",
      payload: { kind: "text", userId: "mycreate", text: "hello", createdAtSeconds: 1409659813 },
      receivedAtMs: Number(V1.timestamp) * 1000,
    });
  });

  it("reads a click with what was selected", () => {
    const opened = received(callbackOf().open(queryOf(V3), envelope(V3.encrypt)));
    assert.deepEqual(opened, {
      outcome: "received",
      kind: "click",
      item: {
        key: "1000002|zhangsan|1760000000|template_card_event|approve|req-42@1|",
        receivedAtMs: NOW_MS,
        payload: {
          kind: "click",
          userId: "zhangsan",
          cardId: "req-42@1",
          button: "approve",
          code: "RESP_CODE_1",
          selected: { env: ["prod"] },
          createdAtSeconds: 1760000000,
        },
      },
    });
  });

  it("lowers the userid and nothing else", () => {
    const { item } = received(deliver(event(CLICK)));
    assert.equal(item.key, "1000002|zhangsan|1760000000|template_card_event|Approve|Req-42@1|");
    assert.ok(item.payload.kind === "click");
    assert.deepEqual(
      [item.payload.userId, item.payload.cardId, item.payload.button],
      ["zhangsan", "Req-42@1", "Approve"],
    );
  });

  it("takes an entry of the card's menu as a click", () => {
    const { item, kind } = received(deliver(event({ ...CLICK, Event: "template_card_menu_event" })));
    assert.equal(kind, "click");
    assert.equal(item.key, "1000002|zhangsan|1760000000|template_card_menu_event|Approve|Req-42@1|");
  });

  it("leaves the code out of the payload when WeCom sent none", () => {
    const { item } = received(deliver(event({ ...CLICK, ResponseCode: "" })));
    assert.equal("code" in item.payload, false);
  });

  it("gives a retry with another code the same key", () => {
    const first = received(deliver(event(CLICK)));
    const retry = received(deliver(event({ ...CLICK, ResponseCode: "RC2" })));
    assert.equal(first.item.key, retry.item.key);
  });

  it("gives two clicks in one second on different buttons different keys", () => {
    const approve = received(deliver(event(CLICK)));
    const reject = received(deliver(event({ ...CLICK, EventKey: "reject" })));
    assert.notEqual(approve.item.key, reject.item.key);
  });

  it("reads several options and several questions", () => {
    const selected = `<SelectedItems><SelectedItem><QuestionKey>a</QuestionKey><OptionIds><OptionId>1</OptionId>
      <OptionId>2</OptionId></OptionIds></SelectedItem><SelectedItem><QuestionKey>b</QuestionKey><OptionIds/>
      </SelectedItem></SelectedItems></xml>`;
    const { item } = received(deliver(event(CLICK).replace("</xml>", selected)));
    assert.ok(item.payload.kind === "click");
    assert.deepEqual(item.payload.selected, { a: ["1", "2"], b: [] });
  });

  it("takes a question that is called like a part of every object as any other", () => {
    const selected = `<SelectedItems><SelectedItem><QuestionKey>__proto__</QuestionKey><OptionIds><OptionId>1</OptionId>
      </OptionIds></SelectedItem></SelectedItems></xml>`;
    const { item } = received(deliver(event(CLICK).replace("</xml>", selected)));
    assert.ok(item.payload.kind === "click" && item.payload.selected);
    assert.deepEqual(Object.entries(item.payload.selected), [["__proto__", ["1"]]]);
    assert.equal(Object.getPrototypeOf(item.payload.selected), Object.prototype);
  });

  it("says nothing of selections where the card had nothing to select", () => {
    const { item } = received(deliver(event(CLICK)));
    assert.equal("selected" in item.payload, false);
  });

  it("takes a click without a card as something else", () => {
    const { item } = received(deliver(event({ ...CLICK, TaskId: "" })));
    assert.deepEqual(item.payload, {
      kind: "other",
      userId: "zhangsan",
      event: "template_card_event",
      createdAtSeconds: 1760000000,
    });
  });

  it("names other events and other kinds of message", () => {
    const entered = received(deliver(event({ Event: "enter_agent", EventKey: "" })));
    const image = received(deliver(event({ MsgType: "image", MsgId: "77", MediaId: "m" })));
    assert.deepEqual(
      [entered, image].map(({ item }) =>
        item.payload.kind === "other" ? [item.payload.event, item.key] : [],
      ),
      [
        ["enter_agent", "1000002|zhangsan|1760000000|enter_agent|||"],
        ["image", "1000002|zhangsan|77"],
      ],
    );
  });

  it("reads a button of the app's menu as the message that it says", () => {
    const pressed = received(deliver(event({ Event: "click", EventKey: "tasks mine" })));
    assert.deepEqual(
      [pressed.item.payload, pressed.item.key],
      [
        { kind: "text", userId: "zhangsan", text: "tasks mine", createdAtSeconds: 1760000000 },
        "1000002|zhangsan|1760000000|click|tasks mine||",
      ],
    );
    const empty = received(deliver(event({ Event: "click", EventKey: "" })));
    assert.equal(empty.kind, "other");
  });

  it("keeps the kind of a contact change in the key", () => {
    const change = { FromUserName: "sys", Event: "change_contact", ChangeType: "update_tag" };
    assert.equal(
      received(deliver(event(change))).item.key,
      "1000002|sys|1760000000|change_contact|||update_tag",
    );
  });

  it("keeps every digit of a message's number", () => {
    const message = { MsgType: "text", Content: "hi", MsgId: "9007199254740993" };
    assert.equal(received(deliver(event(message))).item.key, "1000002|zhangsan|9007199254740993");
  });

  it("reads a message whose elements have no CDATA", () => {
    const inner = `<xml><FromUserName>lisi</FromUserName><CreateTime>1760000000</CreateTime><MsgType>text</MsgType>
      <Content>a &lt; b</Content><MsgId>1</MsgId><AgentID>1000002</AgentID></xml>`;
    const { item } = received(deliver(inner));
    assert.deepEqual(item.payload, {
      kind: "text",
      userId: "lisi",
      text: "a < b",
      createdAtSeconds: 1760000000,
    });
  });

  it("accepts a message that names no app, and one that spells the name differently", () => {
    for (const agent of ["<AgentID></AgentID>", "", "<AgentId>1000002</AgentId>"]) {
      const inner = event(CLICK).replace("<AgentID><![CDATA[1000002]]></AgentID>", agent);
      assert.equal(deliver(inner).outcome, "received");
    }
  });

  it("refuses a message for another app however its name is spelt", () => {
    for (const name of ["AgentID", "AgentId"]) {
      const inner = event(CLICK).replace(
        "<AgentID><![CDATA[1000002]]></AgentID>",
        `<${name}>1000003</${name}>`,
      );
      const opened = deliver(inner);
      assert.ok(opened.outcome === "refused");
      assert.equal(opened.reason, "other_agent");
    }
  });

  it("refuses a message without sender, time or kind", () => {
    for (const missing of ["FromUserName", "CreateTime", "MsgType"]) {
      const opened = deliver(event({ ...CLICK, [missing]: "" }));
      assert.ok(opened.outcome === "refused");
      assert.equal(opened.reason, "bad_message");
    }
  });

  it("refuses a message with two senders", () => {
    const opened = deliver(event(CLICK).replace("</xml>", "<FromUserName>boss</FromUserName></xml>"));
    assert.equal(opened.outcome, "refused");
  });

  it("refuses an envelope that is not XML, has no ciphertext or has two", () => {
    const two = `<xml><Encrypt>${V3.encrypt}</Encrypt><Encrypt>${V3.encrypt}</Encrypt></xml>`;
    for (const body of ["", "{}", "<xml><A>1</A></xml>", "<xml><Encrypt></Encrypt></xml>", two]) {
      const opened = callbackOf().open(queryOf(V3), Buffer.from(body));
      assert.ok(opened.outcome === "refused");
      assert.equal(opened.reason, "bad_xml");
    }
  });

  it("refuses declarations in the inner XML as well", () => {
    const opened = deliver(`<!DOCTYPE xml [<!ENTITY a "b">]>${event(CLICK)}`);
    assert.ok(opened.outcome === "refused");
    assert.equal(opened.reason, "bad_xml");
  });

  it("does not believe what stands outside the ciphertext", () => {
    const body = `<xml><ToUserName>other</ToUserName><AgentID>9</AgentID><Encrypt>${V3.encrypt}</Encrypt></xml>`;
    assert.equal(callbackOf().open(queryOf(V3), Buffer.from(body)).outcome, "received");
  });

  it("passes on why an envelope was not opened, with words for the log that quote nothing", () => {
    const opened = callbackOf().open({ ...queryOf(V3), msg_signature: V4.signature }, envelope(V3.encrypt));
    assert.ok(opened.outcome === "refused");
    assert.equal(opened.reason, "bad_signature");
    assert.ok(!opened.message.includes(V3.encrypt.slice(0, 20)));
  });

  it("opens the same delivery again: a retry is legitimate", () => {
    const callback = callbackOf();
    const keys = [1, 2].map(() => received(callback.open(queryOf(V3), envelope(V3.encrypt))).item.key);
    assert.equal(keys[0], keys[1]);
  });
});
