import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { createWecom, type OpenOutcome, type Wecom } from "../../../adapters/wecom/index.ts";
import type { CardView } from "../../../core/cards/index.ts";
import type { Metrics } from "../../../core/ports/index.ts";
import {
  demoCompany,
  startWecomSimulator,
  type WecomSimulator,
} from "../../../fixtures/simulators/wecom/index.ts";
import { type MessengerHarness, messengerContract, type SeenCard } from "../../contract/messenger.ts";
import { type MovableClock, movableClock } from "../../support/clock.ts";
import { httpServer } from "../../support/http-server.ts";
import { silentLog } from "../../support/log.ts";

const metrics: Metrics = { count: () => undefined, observe: () => undefined, gauge: () => undefined };
const CARD_ID = "t_abc@1";

function wecomFor(simulator: WecomSimulator, clock: MovableClock): Wecom {
  const { corpId, corpSecret, agentId, token, encodingAesKey } = simulator.company;
  const config = { apiBase: simulator.url, corpId, corpSecret, agentId, token, encodingAesKey };
  return createWecom(config, { clock, log: silentLog, metrics });
}

function seenCard(simulator: WecomSimulator, userId: string, cardId: string): SeenCard | null {
  const card = simulator.card(userId, cardId);
  if (card === null) return null;
  const buttons = card.buttons.filter(({ clickable }) => clickable).map(({ key }) => key);
  return { title: card.title, buttons, closed: card.greyed };
}

async function openHarness(): Promise<MessengerHarness> {
  const clock = movableClock();
  const simulator = await startWecomSimulator({ clock, callbackUrl: "http://127.0.0.1:9/wecom/callback" });
  const wecom = wecomFor(simulator, clock);
  return {
    messenger: wecom.messenger,
    clock,
    people: { first: "zhangsan", second: "lisi", inactive: "sunqi", nobody: "nobody" },
    cardOf: (userId, cardId) => seenCard(simulator, userId, cardId),
    textsOf: (userId) =>
      (simulator.chats()[userId] ?? []).flatMap((item) => (item.kind === "markdown" ? [item.text] : [])),
    filesOf: (userId) =>
      (simulator.chats()[userId] ?? []).flatMap((item) => {
        const media = item.kind === "file" ? simulator.media(item.mediaId) : null;
        return media ? [{ name: media.fileName, text: media.bytes.toString() }] : [];
      }),
    loseNextAnswer: () => simulator.faults.set({ on: "api", effect: "drop" }),
    limitNextCall: () => simulator.faults.set({ on: "api", effect: "errcode", errcode: 45009 }),
    close: async () => {
      wecom.close();
      await simulator.close();
    },
  };
}

messengerContract("WeCom", openHarness);

interface Bench {
  simulator: WecomSimulator;
  wecom: Wecom;
  opened: OpenOutcome[];
}

/** The simulator and a bot that does nothing but open callbacks. */
async function bench(test: TestContext): Promise<Bench> {
  const clock = movableClock();
  const simulator = await startWecomSimulator({ clock, retries: 0 });
  const wecom = wecomFor(simulator, clock);
  test.after(async () => {
    wecom.close();
    await simulator.close();
  });
  const opened: OpenOutcome[] = [];
  const bot = await httpServer(test, async (request, response) => {
    const query = Object.fromEntries(new URL(request.url ?? "", "http://x").searchParams);
    if (request.method === "GET") {
      const verified = wecom.callback.verifyUrl(query);
      response.statusCode = verified.outcome === "verified" ? 200 : 403;
      return void response.end(verified.outcome === "verified" ? verified.echo : "");
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const outcome = wecom.callback.open(query, Buffer.concat(chunks));
    opened.push(outcome);
    response.statusCode = outcome.outcome === "received" ? 200 : 403;
    response.end();
  });
  simulator.setCallbackUrl(`${bot.origin}/wecom/callback`);
  return { simulator, wecom, opened };
}

const CARD: CardView = {
  source: "鲸",
  tone: "primary",
  title: "重启 nginx",
  subtitle: "",
  rows: [],
  text: "",
  buttons: [{ key: "approve", text: "同意", tone: "primary" }],
};

function keysOf(opened: readonly OpenOutcome[]): string[] {
  return opened.map((outcome) => (outcome.outcome === "received" ? outcome.item.key : outcome.reason));
}

describe("WeCom from end to end", () => {
  it("passes the check of the callback address", async (t) => {
    const { simulator } = await bench(t);
    assert.deepEqual(await simulator.verifyUrl(), { outcome: "verified" });
  });

  it("reads a click and uses its code for an update", async (t) => {
    const { simulator, wecom, opened } = await bench(t);
    await wecom.messenger.sendCard({
      cardId: CARD_ID,
      recipients: ["zhangsan"],
      card: CARD,
      mayBeRepeat: false,
    });
    const { responseCode } = await simulator.click("zhangsan", CARD_ID, "approve");
    const [first] = opened;
    assert.ok(first?.outcome === "received" && first.item.payload.kind === "click");
    const { userId, cardId, button, code } = first.item.payload;
    assert.deepEqual(
      { userId, cardId, button, code },
      {
        userId: "zhangsan",
        cardId: CARD_ID,
        button: "approve",
        code: responseCode,
      },
    );
    const card = { ...CARD, buttons: [], closed: "张三已同意" };
    const updating = { recipients: ["zhangsan"], code: responseCode, card, mayBeRepeat: false };
    assert.equal(await wecom.messenger.updateCard(updating), "updated");
    assert.equal(simulator.card("zhangsan", CARD_ID)?.greyed, "张三已同意");
  });

  it("gives every copy of one click the same key", async (t) => {
    const { simulator, wecom, opened } = await bench(t);
    await wecom.messenger.sendCard({
      cardId: CARD_ID,
      recipients: ["zhangsan"],
      card: CARD,
      mayBeRepeat: false,
    });
    await simulator.click("zhangsan", CARD_ID, "approve", { parallel: 2, repeat: 1 });
    assert.equal(opened.length, 3);
    assert.equal(new Set(keysOf(opened)).size, 1);
  });

  it("reads what a person typed, whatever it is", async (t) => {
    const { simulator, opened } = await bench(t);
    const text = "<!DOCTYPE x> & ]]> 状态 <b>😀";
    await simulator.say("lisi", text);
    const [first] = opened;
    assert.ok(first?.outcome === "received" && first.item.payload.kind === "text");
    assert.equal(first.item.payload.text, text);
  });

  it("goes on after all tokens were taken back", async (t) => {
    const { simulator, wecom } = await bench(t);
    assert.equal(await wecom.directory.nameOf("zhangsan"), "张三");
    simulator.revokeTokens();
    assert.equal(await wecom.directory.nameOf("lisi"), "李四");
    assert.equal(simulator.tokenCalls(), 2);
  });

  it("knows who may decide in the company", async (t) => {
    const { wecom } = await bench(t);
    const judge = async (userId: string) =>
      (await wecom.directory.vouch(userId, [{ tag: "sre-oncall" }])).outcome;
    const verdicts = await Promise.all(["ZhangSan", "wangwu", "sunqi", "nobody"].map(judge));
    assert.deepEqual(verdicts, ["entitled", "not_entitled", "inactive", "unknown_person"]);
    assert.deepEqual(await wecom.directory.expand({ tag: "sre-leads", department: 1 }), [
      "wangwu",
      "zhaoliu",
    ]);
  });

  it("says when the secret is wrong", async (t) => {
    const { simulator } = await bench(t);
    const company = { ...demoCompany, corpSecret: "another-secret" };
    const wrong = wecomFor({ ...simulator, company }, movableClock());
    t.after(() => wrong.close());
    const probed = await wrong.probe();
    assert.ok(probed.outcome === "failing");
    assert.equal(probed.reason, "wecom.bad_credentials");
  });
});
