import { ChatOpsError } from "../../core/errors.ts";
import { normaliseUserId } from "../../core/people/index.ts";
import type { Login, LoginAsking, LoginOutcome } from "../../core/ports/index.ts";
import type { WecomClient } from "./client.ts";
import type { CheckedConfig } from "./config.ts";
import { refusedBySender } from "./errors.ts";
import { isUserId } from "./recipients.ts";
import { loginAnswer } from "./schema.ts";

type App = Pick<CheckedConfig, "corpId" | "agentId" | "loginBase">;

/** reference/wecom.md 6.2 and 6.3. */
const IN_CHAT = { base: "https://open.weixin.qq.com", path: "/connect/oauth2/authorize" };
const BROWSER = { base: "https://login.work.weixin.qq.com", path: "/wwlogin/sso/login" };
const STATE = /^[a-zA-Z0-9]{1,128}$/;
/** Longer ones WeCom does not give. */
const CODE = /^[\x21-\x7e]{1,512}$/;

/** Makes the login of one app. */
export function createLogin(client: Pick<WecomClient, "call">, app: App): Login {
  return {
    address: (asking) => addressOf(app, asking),
    redeem: (code) => redeem(client, code),
  };
}

function addressOf({ corpId, agentId, loginBase }: App, asking: LoginAsking): string {
  const { inChat, state, backTo, language } = asking;
  if (!STATE.test(state)) {
    throw refusedBySender("wecom.bad_request", "the state of a login must be 1 to 128 letters and digits");
  }
  const { base, path } = inChat ? IN_CHAT : BROWSER;
  const common = { appid: corpId, agentid: String(agentId), redirect_uri: backTo, state };
  const query = new URLSearchParams(
    inChat
      ? { ...common, response_type: "code", scope: "snsapi_base" }
      : { ...common, login_type: "CorpApp", lang: language },
  );
  // Inside WeCom the fragment is asked for; elsewhere there is none.
  return `${loginBase ?? base}${path}?${query}${inChat ? "#wechat_redirect" : ""}`;
}

async function redeem(client: Pick<WecomClient, "call">, code: string): Promise<LoginOutcome> {
  if (!CODE.test(code)) return { outcome: "refused", reason: "code_spent" };
  try {
    const answer = await client.call(
      { method: "GET", api: "auth/getuserinfo", query: { code } },
      loginAnswer,
    );
    const userId = normaliseUserId(answer.userid ?? "");
    // An openid alone is somebody from outside, however they got the code.
    return isUserId(userId) ? { outcome: "member", userId } : { outcome: "refused", reason: "outsider" };
  } catch (error) {
    if (!(error instanceof ChatOpsError) || error.code !== "wecom.login_code_spent") throw error;
    return { outcome: "refused", reason: "code_spent" };
  }
}
