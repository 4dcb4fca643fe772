import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createWecom } from "../../../adapters/wecom/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import type { LoginAsking, Metrics } from "../../../core/ports/index.ts";
import { demoCompany, startWecomSimulator } from "../../../fixtures/simulators/wecom/index.ts";
import { movableClock } from "../../support/clock.ts";
import { assertLeaksNoSecret } from "../../support/leaks.ts";
import { silentLog } from "../../support/log.ts";
import { bench, SECRETS } from "./fake-wecom.ts";

const metrics: Metrics = { count: () => undefined, observe: () => undefined, gauge: () => undefined };

function asking(overrides: Partial<LoginAsking> = {}): LoginAsking {
  const backTo = "https://whale.example/login/back";
  return { inChat: true, state: "abc123", backTo, language: "zh", ...overrides };
}

describe("where a browser is sent to log in", () => {
  it("is the silent address inside WeCom, with the fragment that WeCom asks for", async (t) => {
    const { wecom } = await bench(t, {});
    const url = new URL(wecom.login.address(asking()));
    assert.equal(url.origin + url.pathname, "https://open.weixin.qq.com/connect/oauth2/authorize");
    assert.equal(url.hash, "#wechat_redirect");
    const { appid, ...query } = Object.fromEntries(url.searchParams);
    assert.match(appid ?? "", /^ww/);
    assert.deepEqual(query, {
      agentid: "1000002",
      redirect_uri: "https://whale.example/login/back",
      response_type: "code",
      scope: "snsapi_base",
      state: "abc123",
    });
  });

  it("is the address of the QR code elsewhere, in the visitor's language", async (t) => {
    const { wecom } = await bench(t, {});
    const url = new URL(wecom.login.address(asking({ inChat: false, language: "en" })));
    assert.equal(url.origin + url.pathname, "https://login.work.weixin.qq.com/wwlogin/sso/login");
    assert.equal(url.hash, "");
    assert.deepEqual(
      ["login_type", "lang", "state"].map((name) => url.searchParams.get(name)),
      ["CorpApp", "en", "abc123"],
    );
  });

  it("refuses a state that WeCom would not bring back", async (t) => {
    const { wecom } = await bench(t, {});
    for (const state of ["", "a-b", "状态", "x".repeat(129)]) {
      assert.throws(() => wecom.login.address(asking({ state })), { code: "wecom.bad_request" });
    }
  });
});

describe("whom a code stands for", () => {
  it("is a member, by the userid in lower case", async (t) => {
    const { wecom, callsOf } = await bench(t, { "auth/getuserinfo": { userid: "ZhangSan" } });
    assert.deepEqual(await wecom.login.redeem("c0de"), { outcome: "member", userId: "zhangsan" });
    assert.equal(callsOf("auth/getuserinfo")[0]?.query["code"], "c0de");
  });

  for (const [who, answer] of [
    ["an openid alone", { openid: "o-1", external_userid: "wm-1" }],
    ["an empty userid", { userid: "" }],
    ["everybody", { userid: "@all" }],
    ["the names of the old address", { UserId: "zhangsan" }],
  ] as const) {
    it(`is nobody of ours where WeCom gives ${who}`, async (t) => {
      const { wecom } = await bench(t, { "auth/getuserinfo": { ...answer } });
      assert.deepEqual(await wecom.login.redeem("c0de"), { outcome: "refused", reason: "outsider" });
    });
  }

  for (const errcode of [40029, 42003, 42022]) {
    it(`is nobody's when WeCom answers ${errcode}: made up, used or too old`, async (t) => {
      const { wecom } = await bench(t, { "auth/getuserinfo": { errcode, errmsg: "no" } });
      assert.deepEqual(await wecom.login.redeem("c0de"), { outcome: "refused", reason: "code_spent" });
    });
  }

  it("is not asked of WeCom where it can be none", async (t) => {
    const { wecom, calls } = await bench(t, {});
    for (const code of ["", " ", "a\nb", "x".repeat(513)]) {
      assert.deepEqual(await wecom.login.redeem(code), { outcome: "refused", reason: "code_spent" });
    }
    assert.equal(calls.length, 0);
  });

  it("is a failure, and no answer, when WeCom cannot be asked; nothing secret is in it", async (t) => {
    const { wecom, log } = await bench(t, {
      "auth/getuserinfo": { errcode: 50001, errmsg: `redirect_url not allowed ${SECRETS.token}` },
    });
    await assert.rejects(wecom.login.redeem("c0de"), (error: unknown) => {
      assert.ok(error instanceof ChatOpsError);
      assert.equal(error.code, "wecom.domain_not_trusted");
      assertLeaksNoSecret(Object.values(SECRETS), [error, log]);
      return true;
    });
  });
});

it("logs in at the simulator both ways, once for each code", async (t) => {
  const simulator = await startWecomSimulator();
  t.after(() => simulator.close());
  const { corpId, corpSecret, agentId, token, encodingAesKey } = demoCompany;
  const config = { apiBase: simulator.url, loginBase: simulator.url, corpId, corpSecret, agentId };
  const deps = { clock: movableClock(), log: silentLog, metrics };
  const { login, close } = createWecom({ ...config, token, encodingAesKey }, deps);
  t.after(close);
  for (const inChat of [true, false]) {
    const back = simulator.logIn(login.address(asking({ inChat })), "lisi");
    const code = new URL(back).searchParams.get("code") ?? "";
    assert.deepEqual(await login.redeem(code), { outcome: "member", userId: "lisi" });
    assert.deepEqual(await login.redeem(code), { outcome: "refused", reason: "code_spent" });
  }
});
