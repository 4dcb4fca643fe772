import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ChatOpsError } from "../../../core/errors.ts";
import { refusedPort } from "../../support/http-server.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { type Bench, bench, inTurn, type Reply, SECRETS } from "./fake-wecom.ts";

const TEXT = { recipients: ["zhangsan"], markdown: "hello", dropRepeat: false };
const HIDDEN = [SECRETS.corpSecret, SECRETS.token];

function send({ wecom }: Bench) {
  return wecom.messenger.sendText(TEXT);
}

/** Sends and gives the error back, after looking for secrets in it and in the log. */
async function failure(subject: Bench): Promise<ChatOpsError> {
  const [result] = await Promise.allSettled([send(subject)]);
  assert.ok(
    result.status === "rejected" && result.reason instanceof ChatOpsError,
    "did not fail as it should",
  );
  assertLeaksNoSecret(HIDDEN, result.reason);
  assertLeaksNoSecret(HIDDEN, subject.log.lines);
  return result.reason;
}

function refusing(errcode: number, errmsg = "no"): Reply {
  return { errcode, errmsg };
}

describe("calls to WeCom", () => {
  it("fetches one token for parallel calls and sends it with each", async (t) => {
    const subject = await bench(t, { "message/send": {} });
    await Promise.all([send(subject), send(subject), send(subject)]);
    assert.equal(subject.callsOf("gettoken").length, 1);
    assert.deepEqual(subject.callsOf("gettoken")[0]?.query, {
      corpid: "wwchatops0000test",
      corpsecret: SECRETS.corpSecret,
    });
    assert.deepEqual(
      subject.callsOf("message/send").map(({ query }) => query),
      Array(3).fill({ access_token: SECRETS.token }),
    );
  });

  for (const errcode of [40001, 40014, 42001]) {
    it(`renews the token and calls once more after ${errcode}`, async (t) => {
      const gettoken = inTurn(
        { access_token: "old", expires_in: 7200 },
        { access_token: "new", expires_in: 7200 },
      );
      const subject = await bench(t, {
        gettoken,
        "message/send": inTurn({ errcode, errmsg: "bad token" }, {}),
      });
      await send(subject);
      const used = subject.callsOf("message/send").map(({ query }) => query["access_token"]);
      assert.deepEqual(used, ["old", "new"]);
    });
  }

  it("gives up after one renewal, to be tried again a minute later", async (t) => {
    const subject = await bench(t, { "message/send": refusing(40014) });
    const error = await failure(subject);
    assert.deepEqual([error.code, error.retryAfterMs], ["wecom.token_refused", 60_000]);
    assert.equal(subject.callsOf("message/send").length, 2);
    assert.equal(subject.callsOf("gettoken").length, 2);
  });

  it("renews once when several calls are refused with the same token", async (t) => {
    const gettoken = inTurn(
      { access_token: "old", expires_in: 7200 },
      { access_token: "new", expires_in: 7200 },
    );
    const byToken: Reply = ({ query }) => ({
      errcode: query["access_token"] === "new" ? 0 : 42001,
      errmsg: "",
    });
    const subject = await bench(t, { gettoken, "message/send": byToken });
    await Promise.all([send(subject), send(subject), send(subject)]);
    assert.equal(subject.callsOf("gettoken").length, 2);
  });

  for (const errcode of [40001, 40013, 40091]) {
    it(`stops for an hour when gettoken answers ${errcode}, and calls a human`, async (t) => {
      const subject = await bench(t, {
        gettoken: refusing(errcode, `bad ${SECRETS.corpSecret}`),
        "message/send": {},
      });
      const error = await failure(subject);
      assert.deepEqual([error.code, error.retryable], ["wecom.bad_credentials", true]);
      await failure(subject);
      assert.equal(subject.callsOf("gettoken").length, 1);
      assert.deepEqual(
        subject.log.lines.map(({ level }) => level),
        ["error"],
      );
      subject.clock.advance(3_600_000);
      await failure(subject);
      assert.equal(subject.callsOf("gettoken").length, 2);
    });
  }

  it("takes an answer without errcode as success", async (t) => {
    const subject = await bench(t, { "message/send": () => ({ msgid: "m" }) });
    assert.deepEqual(await send(subject), { unreachable: [] });
  });

  it("takes an answer whose content type a proxy has changed", async (t) => {
    const subject = await bench(t, {
      "message/send": (_call, response) => {
        response.setHeader("content-type", "text/plain");
        response.end('{"errcode":0,"errmsg":"ok","invaliduser":"LiSi"}');
      },
    });
    assert.deepEqual(await send(subject), { unreachable: ["lisi"] });
  });

  it("can be tried again when WeCom is busy or limits calls", async (t) => {
    const busy = await failure(await bench(t, { "message/send": refusing(-1) }));
    assert.deepEqual([busy.code, busy.retryable, busy.reached], ["wecom.busy", true, "maybe"]);
    const limited = await failure(await bench(t, { "message/send": refusing(45009) }));
    assert.deepEqual(
      [limited.code, limited.retryAfterMs, limited.reached],
      ["wecom.rate_limited", 60_000, "no"],
    );
  });

  it("names the refused address and logs an error, since someone must act", async (t) => {
    const subject = await bench(t, {
      "message/send": refusing(60020, "not allow, from ip: 203.0.113.7, more"),
    });
    const error = await failure(subject);
    assert.deepEqual([error.code, error.retryable], ["wecom.ip_not_trusted", true]);
    assert.match(error.message, /203\.0\.113\.7/);
    assert.equal(subject.log.lines.at(-1)?.level, "error");
  });

  it("does not try an unknown errcode again", async (t) => {
    const error = await failure(await bench(t, { "message/send": refusing(777_777, "what? hint: [1]") }));
    assert.deepEqual([error.code, error.retryable], ["wecom.refused", false]);
    assert.match(error.message, /777777: what\? hint: \[1\]/);
  });

  it("hides token and secret that an answer repeats, and shortens it", async (t) => {
    const errmsg = `token ${SECRETS.token} secret ${SECRETS.corpSecret}\r\n\u202e${"x".repeat(1_000)}`;
    const error = await failure(await bench(t, { "message/send": refusing(40058, errmsg) }));
    assert.match(error.message, /token \*\*\* secret \*\*\* x/);
    assert.ok(error.message.length < 400);
  });

  it("takes code 0 with a warning about the body as our mistake", async (t) => {
    const warning = refusing(0, "ok. Warning: wrong json format. ");
    const error = await failure(await bench(t, { "message/send": warning }));
    assert.deepEqual([error.code, error.retryable], ["wecom.body_not_understood", false]);
  });

  it("tells passing HTTP failures from lasting ones", async (t) => {
    for (const [status, retryable] of [
      [500, true],
      [502, true],
      [429, true],
      [404, false],
      [302, false],
    ] as const) {
      const page: Reply = (_call, response) => {
        response.statusCode = status;
        response.end("<html>no</html>");
      };
      const error = await failure(await bench(t, { "message/send": page }));
      assert.deepEqual(
        [error.code, error.retryable, error.reached],
        ["wecom.http_status", retryable, "maybe"],
      );
      assert.match(error.message, new RegExp(String(status)));
    }
  });

  it("believes an errcode whatever the HTTP status beside it", async (t) => {
    const subject = await bench(t, {
      "message/send": (_call, response) => {
        response.statusCode = 500;
        return { errcode: 45009, errmsg: "slow down" };
      },
    });
    assert.equal((await failure(subject)).code, "wecom.rate_limited");
  });

  it("can be tried again when a page, a list or half an answer comes with 200", async (t) => {
    for (const text of ["<html>login</html>", "[]", "", '{"errcode":']) {
      const odd: Reply = (_call, response) => void response.end(text);
      const error = await failure(await bench(t, { "message/send": odd }));
      assert.deepEqual([error.code, error.retryable, error.reached], ["wecom.bad_answer", true, "maybe"]);
    }
  });

  it("names the path of a field of a wrong type", async (t) => {
    const error = await failure(await bench(t, { "message/send": { invaliduser: 7 } }));
    assert.equal(error.code, "wecom.bad_answer");
    assert.match(error.message, /\/invaliduser/);
    const token = await failure(await bench(t, { gettoken: { access_token: "", expires_in: 7200 } }));
    assert.match(token.message, /\/access_token/);
  });

  it("passes on what the way out says about refused connections and broken ones", async (t) => {
    const refused = await failure(await bench(t, {}, { apiBase: `http://127.0.0.1:${await refusedPort()}` }));
    assert.deepEqual([refused.code, refused.reached], ["wecom.unreachable", "no"]);
    const broken: Reply = ({ api }, response) => void (api && response.destroy());
    const reset = await failure(await bench(t, { "message/send": broken }));
    assert.deepEqual([reset.code, reset.retryable, reset.reached], ["wecom.reset", true, "maybe"]);
  });

  it("gives up on an answer that does not come", async (t) => {
    const subject = await bench(t, { "message/send": () => undefined }, { requestTimeoutMs: 40 });
    const error = await failure(subject);
    assert.deepEqual([error.code, error.retryable, error.reached], ["wecom.timeout", true, "maybe"]);
  });

  it("counts each call by API and outcome", async (t) => {
    const subject = await bench(t, { "message/send": inTurn({}, { errcode: 45009 }) });
    await send(subject);
    await failure(subject);
    assert.deepEqual(subject.counted, [
      "wecom_calls gettoken ok",
      "wecom_calls message/send ok",
      "wecom_calls message/send wecom.rate_limited",
    ]);
  });
});

describe("probing WeCom", () => {
  it("says that a token can be had, and keeps it", async (t) => {
    const { wecom, calls } = await bench(t, {});
    assert.deepEqual(
      [await wecom.probe(), await wecom.probe()],
      [{ outcome: "working" }, { outcome: "working" }],
    );
    assert.equal(calls.length, 1);
  });

  it("says why none can be had without throwing", async (t) => {
    const { wecom } = await bench(t, { gettoken: refusing(40001, "invalid credential") });
    assert.deepEqual(await wecom.probe(), {
      outcome: "failing",
      reason: "wecom.bad_credentials",
      retryable: true,
      message: "WeCom refuses the corpId or corpSecret (errcode 40001: invalid credential)",
    });
  });

  it("makes no call before it is asked to", async (t) => {
    assert.equal((await bench(t, {})).calls.length, 0);
  });
});
