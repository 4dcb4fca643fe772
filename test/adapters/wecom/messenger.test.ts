import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CardView } from "../../../core/cards/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { CardSending, CardUpdating } from "../../../core/ports/index.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { bench, inTurn, SECRETS } from "./fake-wecom.ts";

const CARD: CardView = {
  source: "鲸 · shop",
  tone: "danger",
  title: "磁盘清理 vm-1",
  subtitle: "",
  rows: [{ label: "动作", value: "disk.cleanup" }],
  text: "",
  buttons: [{ key: "approve", text: "同意", tone: "primary" }],
};

function aSending(overrides: Partial<CardSending> = {}): CardSending {
  return {
    cardId: "t_abc@1",
    recipients: ["zhangsan", "LiSi"],
    card: CARD,
    mayBeRepeat: false,
    ...overrides,
  };
}

function anUpdating(overrides: Partial<CardUpdating> = {}): CardUpdating {
  const card = { ...CARD, buttons: [], closed: "张三已同意" };
  return { recipients: ["zhangsan", "lisi"], code: "CODE", card, mayBeRepeat: false, ...overrides };
}

/** Whether an error is ours, with this code and this advice. */
function failing(code: string, retryable: boolean) {
  return (error: unknown): boolean => {
    assertLeaksNoSecret([SECRETS.corpSecret, SECRETS.token], error);
    return error instanceof ChatOpsError && error.code === code && error.retryable === retryable;
  };
}

const refusedUnsent = (code: string) => (error: unknown) =>
  failing(code, false)(error) && error instanceof ChatOpsError && error.reached === "no";

const people = (count: number) => Array.from({ length: count }, (_, i) => `user-${i}`);

describe("sending a card", () => {
  it("names app, people and card as WeCom wants them", async (t) => {
    const { wecom, callsOf } = await bench(t, { "message/send": { msgid: "M1", response_code: "RC" } });
    assert.deepEqual(await wecom.messenger.sendCard(aSending()), {
      messageId: "M1",
      code: "RC",
      unreachable: [],
    });
    const [call] = callsOf("message/send");
    assert.equal(call?.method, "POST");
    const { template_card, ...rest } = call?.body ?? {};
    assert.deepEqual(rest, {
      touser: "zhangsan|lisi",
      msgtype: "template_card",
      agentid: 1000002,
      enable_id_trans: 0,
    });
    assert.equal((template_card as { task_id?: string }).task_id, "t_abc@1");
  });

  it("reports whom it did not reach, from both lists, each once", async (t) => {
    const answer = { invaliduser: "LiSi|wangwu", unlicenseduser: "wangwu|zhaoliu", msgid: "M" };
    const { wecom } = await bench(t, { "message/send": answer });
    const receipt = await wecom.messenger.sendCard(aSending());
    assert.deepEqual(receipt, { messageId: "M", unreachable: ["lisi", "wangwu", "zhaoliu"] });
  });

  it("takes empty lists and an empty code as none", async (t) => {
    const { wecom } = await bench(t, {
      "message/send": { invaliduser: "", unlicenseduser: "", response_code: "" },
    });
    assert.deepEqual(await wecom.messenger.sendCard(aSending()), { unreachable: [] });
  });

  it("names each person once, in lower case", async (t) => {
    const { wecom, callsOf } = await bench(t, { "message/send": {} });
    await wecom.messenger.sendCard(aSending({ recipients: ["ZhangSan", "zhangsan", " lisi "] }));
    assert.equal(callsOf("message/send")[0]?.body["touser"], "zhangsan|lisi");
  });

  it("never lets one id reach everybody or somebody else", async (t) => {
    const { wecom, callsOf } = await bench(t, { "message/send": {} });
    const recipients = ["@all", "@ALL", "a|b", "zhangsan", "", "张三", "x".repeat(65)];
    const { unreachable } = await wecom.messenger.sendCard(aSending({ recipients }));
    assert.equal(callsOf("message/send")[0]?.body["touser"], "zhangsan");
    assert.deepEqual(unreachable, ["@all", "a|b", "", "张三", "x".repeat(65)]);
  });

  it("refuses to send to nobody, without a call", async (t) => {
    const { wecom, calls } = await bench(t, { "message/send": {} });
    for (const recipients of [[], ["@all"]]) {
      await assert.rejects(
        wecom.messenger.sendCard(aSending({ recipients })),
        refusedUnsent("wecom.nobody_reachable"),
      );
    }
    assert.equal(calls.length, 0);
  });

  it("sends to a thousand people and refuses one more, without a call", async (t) => {
    const { wecom, callsOf } = await bench(t, { "message/send": {} });
    await wecom.messenger.sendCard(aSending({ recipients: people(1000) }));
    const tooMany = wecom.messenger.sendCard(aSending({ recipients: people(1001) }));
    await assert.rejects(tooMany, refusedUnsent("wecom.too_many_recipients"));
    assert.equal(callsOf("message/send").length, 1);
  });

  it("refuses a card that breaks a limit before any call, naming the place", async (t) => {
    const { wecom, calls } = await bench(t, { "message/send": {} });
    const rows = Array.from({ length: 7 }, () => ({ label: "a", value: "b" }));
    const sending = aSending({ card: { ...CARD, rows } });
    await assert.rejects(wecom.messenger.sendCard(sending), refusedUnsent("wecom.card_invalid"));
    await assert.rejects(
      wecom.messenger.sendCard(sending),
      /horizontal_content_list must have 0 to 6 entries/,
    );
    await assert.rejects(
      wecom.messenger.sendCard(aSending({ cardId: "a b" })),
      refusedUnsent("wecom.card_invalid"),
    );
    assert.equal(calls.length, 0);
  });

  it("takes a known card id as delivered when an earlier try may have got through", async (t) => {
    const { wecom } = await bench(t, { "message/send": { errcode: 42014, errmsg: "task_id" } });
    const receipt = await wecom.messenger.sendCard(
      aSending({ mayBeRepeat: true, recipients: ["zhangsan", "@all"] }),
    );
    assert.deepEqual(receipt, { unreachable: ["@all"] });
  });

  it("fails on a known card id when there was no earlier try", async (t) => {
    const { wecom } = await bench(t, { "message/send": { errcode: 42014, errmsg: "task_id" } });
    await assert.rejects(wecom.messenger.sendCard(aSending()), failing("wecom.card_id_refused", false));
  });

  it("fails when WeCom reaches nobody", async (t) => {
    const { wecom } = await bench(t, { "message/send": { errcode: 81013, errmsg: "all invalid" } });
    await assert.rejects(wecom.messenger.sendCard(aSending()), failing("wecom.nobody_reachable", false));
  });

  it("waits for an admin when the app has no callback address", async (t) => {
    const { wecom, log } = await bench(t, { "message/send": { errcode: 43012, errmsg: "no callback" } });
    await assert.rejects(wecom.messenger.sendCard(aSending()), failing("wecom.no_callback", true));
    assert.equal(log.lines.at(-1)?.level, "error");
  });

  it("sends texts without escapes by number, which WeCom refuses", async (t) => {
    const { wecom, callsOf } = await bench(t, { "message/send": {} });
    await wecom.messenger.sendCard(aSending({ card: { ...CARD, title: "a\u0001b\ud83dc" } }));
    const card = callsOf("message/send")[0]?.body["template_card"] as { main_title: unknown };
    assert.deepEqual(card.main_title, { title: "ab\ufffdc" });
  });
});

describe("updating a card", () => {
  it("names people as a list, never everybody, and carries no card id", async (t) => {
    const { wecom, callsOf } = await bench(t, { "message/update_template_card": {} });
    assert.equal(await wecom.messenger.updateCard(anUpdating()), "updated");
    const { template_card, ...rest } = callsOf("message/update_template_card")[0]?.body ?? {};
    assert.deepEqual(rest, {
      userids: ["zhangsan", "lisi"],
      agentid: 1000002,
      response_code: "CODE",
      enable_id_trans: 0,
    });
    const card = template_card as Record<string, unknown>;
    assert.deepEqual([card["replace_text"], "task_id" in card], ["张三已同意", false]);
  });

  it("counts as updated when some no longer have the card", async (t) => {
    const { wecom } = await bench(t, { "message/update_template_card": { invaliduser: ["lisi"] } });
    assert.equal(await wecom.messenger.updateCard(anUpdating()), "updated");
  });

  it("says that the code is spent when it is", async (t) => {
    const { wecom } = await bench(t, { "message/update_template_card": { errcode: 60140, errmsg: "code" } });
    assert.equal(await wecom.messenger.updateCard(anUpdating()), "code_spent");
  });

  it("takes a spent code as updated when an earlier try may have got through", async (t) => {
    const { wecom } = await bench(t, { "message/update_template_card": { errcode: 60140, errmsg: "code" } });
    assert.equal(await wecom.messenger.updateCard(anUpdating({ mayBeRepeat: true })), "updated");
  });

  it("can be tried again after a rate limit", async (t) => {
    const { wecom } = await bench(t, { "message/update_template_card": { errcode: 45009, errmsg: "limit" } });
    await assert.rejects(wecom.messenger.updateCard(anUpdating()), failing("wecom.rate_limited", true));
  });

  it("uses the same code again after a token was refused, since nothing was done", async (t) => {
    const replies = { "message/update_template_card": inTurn({ errcode: 42001 }, {}) };
    const { wecom, callsOf } = await bench(t, replies);
    assert.equal(await wecom.messenger.updateCard(anUpdating()), "updated");
    const codes = callsOf("message/update_template_card").map(({ body }) => body["response_code"]);
    assert.deepEqual(codes, ["CODE", "CODE"]);
  });

  it("refuses a card that breaks a limit before any call", async (t) => {
    const { wecom, calls } = await bench(t, {});
    const buttons = Array.from({ length: 7 }, (_, i) => ({
      key: `${i}`,
      text: "b",
      tone: "neutral" as const,
    }));
    const updating = anUpdating({ card: { ...CARD, buttons } });
    await assert.rejects(wecom.messenger.updateCard(updating), refusedUnsent("wecom.card_invalid"));
    assert.equal(calls.length, 0);
  });
});

describe("sending text", () => {
  it("sends markdown and lets WeCom drop a repeat only when asked", async (t) => {
    const { wecom, callsOf } = await bench(t, { "message/send": {} });
    const sending = { recipients: ["zhangsan"], markdown: "**好**\n第二行" };
    await wecom.messenger.sendText({ ...sending, dropRepeat: false });
    await wecom.messenger.sendText({ ...sending, dropRepeat: true });
    const plain = {
      touser: "zhangsan",
      msgtype: "markdown",
      agentid: 1000002,
      markdown: { content: "**好**\n第二行" },
    };
    const repeatable = { ...plain, enable_duplicate_check: 1, duplicate_check_interval: 600 };
    assert.deepEqual(
      callsOf("message/send").map(({ body }) => body),
      [plain, repeatable],
    );
  });

  it("sends a long text as several messages, one after the other", async (t) => {
    const { wecom, callsOf } = await bench(t, { "message/send": {} });
    const markdown = Array.from({ length: 300 }, (_, i) => `第 ${i} 行`).join("\n");
    await wecom.messenger.sendText({ recipients: ["zhangsan"], markdown, dropRepeat: true });
    const contents = callsOf("message/send").map(
      ({ body }) => (body["markdown"] as { content: string }).content,
    );
    assert.deepEqual(
      contents.map((content) => content.slice(0, 6)),
      ["(1/2)\n", "(2/2)\n"],
    );
    for (const content of contents) assert.ok(Buffer.byteLength(content) <= 2048);
  });

  it("reports whom any of the messages did not reach", async (t) => {
    const { wecom } = await bench(t, {
      "message/send": inTurn({ invaliduser: "lisi" }, { unlicenseduser: "wangwu" }),
    });
    const sending = { recipients: ["zhangsan", "@all"], markdown: "字".repeat(700), dropRepeat: false };
    assert.deepEqual(await wecom.messenger.sendText(sending), { unreachable: ["@all", "lisi", "wangwu"] });
  });

  it("names no more people in a call than WeCom takes, and reaches all of them", async (t) => {
    const { wecom, callsOf } = await bench(t, {
      "message/send": inTurn({ invaliduser: "user-7" }, { errcode: 81013, errmsg: "all invalid" }, {}),
    });
    const sending = { recipients: people(2_001), markdown: "hi", dropRepeat: true };
    const { unreachable } = await wecom.messenger.sendText(sending);
    const named = callsOf("message/send").map(({ body }) => String(body["touser"]).split("|"));
    assert.deepEqual(
      named.map(({ length }) => length),
      [1_000, 1_000, 1],
    );
    assert.deepEqual(named.flat(), people(2_001));
    assert.deepEqual(unreachable, ["user-7", ...people(2_000).slice(1_000)]);
  });

  it("refuses an empty text and nobody, without a call", async (t) => {
    const { wecom, calls } = await bench(t, { "message/send": {} });
    const cases: [string[], string, string][] = [
      [["zhangsan"], " \n", "wecom.empty_text"],
      [[], "hi", "wecom.nobody_reachable"],
    ];
    for (const [recipients, markdown, code] of cases) {
      const sent = wecom.messenger.sendText({ recipients, markdown, dropRepeat: false });
      await assert.rejects(sent, refusedUnsent(code));
    }
    assert.equal(calls.length, 0);
  });
});

describe("sending a file", () => {
  const bytes = Buffer.from("第一行\nline 2\n");
  const aFile = { recipients: ["zhangsan", "LiSi"], name: "t_abc.txt", bytes };

  it("uploads it as a form and sends what WeCom calls it", async (t) => {
    const { wecom, callsOf } = await bench(t, {
      "media/upload": { media_id: "MEDIA-1" },
      "message/send": { invaliduser: "lisi" },
    });
    assert.deepEqual(await wecom.messenger.sendFile(aFile), { unreachable: ["lisi"] });
    const [upload] = callsOf("media/upload");
    assert.deepEqual([upload?.method, upload?.query["type"]], ["POST", "file"]);
    const { type, form } = (upload?.body ?? {}) as { type: string; form: string };
    const boundary = /^multipart\/form-data; boundary=([\w-]{1,70})$/.exec(type)?.[1];
    const lines = form.split("\r\n");
    assert.deepEqual(lines, [
      `--${boundary}`,
      `Content-Disposition: form-data; name="media"; filename="t_abc.txt"; filelength=${bytes.length}`,
      "Content-Type: application/octet-stream",
      "",
      bytes.toString(),
      `--${boundary}--`,
      "",
    ]);
    assert.deepEqual(callsOf("message/send")[0]?.body, {
      ...{ touser: "zhangsan|lisi", msgtype: "file", agentid: 1000002 },
      file: { media_id: "MEDIA-1" },
    });
  });

  it("names no more people in a call than WeCom takes", async (t) => {
    const { wecom, callsOf } = await bench(t, { "media/upload": { media_id: "M" }, "message/send": {} });
    const sent = await wecom.messenger.sendFile({ ...aFile, recipients: people(1_001) });
    assert.deepEqual(sent, { unreachable: [] });
    const named = callsOf("message/send").map(({ body }) => String(body["touser"]).split("|"));
    assert.deepEqual(named.flat(), people(1_001));
    assert.equal(named.length, 2);
  });

  it("lets no file name write a header", async (t) => {
    const { wecom, callsOf } = await bench(t, { "media/upload": { media_id: "M" }, "message/send": {} });
    await wecom.messenger.sendFile({ ...aFile, name: 'a"\r\nX: y/..\\b.txt' });
    assert.match(
      String(callsOf("media/upload")[0]?.body["form"]),
      /filename="a___X: y_\.\._b\.txt"; filelength/,
    );
  });

  it("uploads it once more when WeCom does not know it any more", async (t) => {
    const { wecom, callsOf } = await bench(t, {
      "media/upload": inTurn({ media_id: "OLD" }, { media_id: "NEW" }),
      "message/send": inTurn({ errcode: 40007, errmsg: "invalid media_id" }, {}),
    });
    await wecom.messenger.sendFile(aFile);
    assert.deepEqual(
      callsOf("message/send").map(({ body }) => (body["file"] as { media_id: string }).media_id),
      ["OLD", "NEW"],
    );
  });

  it("refuses what WeCom would not take, unsent", async (t) => {
    const { wecom, calls } = await bench(t, {});
    for (const size of [0, 5, 20 * 1024 * 1024 + 1]) {
      const sending = { ...aFile, bytes: Buffer.alloc(size) };
      await assert.rejects(wecom.messenger.sendFile(sending), refusedUnsent("wecom.bad_file"));
    }
    await assert.rejects(
      wecom.messenger.sendFile({ ...aFile, recipients: ["@all"] }),
      refusedUnsent("wecom.nobody_reachable"),
    );
    assert.deepEqual(calls, []);
  });
});
