import type { SelfCall } from "../../adapters/wecom/index.ts";
import type { CallbackFault } from "../http/index.ts";
import { callbackFault } from "../http/index.ts";
import { type Finding, findingsAbout } from "./finding.ts";

/** How a call went. */
export type Called =
  | { outcome: "answered"; status: number; text: string; tookMs: number }
  | { outcome: "failed"; message: string };

/** One GET, without following redirects. */
export type Call = (url: string, query: Record<string, string>) => Promise<Called>;

export interface CallbackDeps {
  call: Call;
  selfCall: () => SelfCall;
  /** Where WeCom reaches this Whale; null when it was not said. */
  publicUrl: string | null;
  /** Where the process on this data folder listens; null when none runs. */
  localUrl: string | null;
}

const PATH = "/wecom/callback";
/** WeCom gives up on the check after this. */
const LIMIT_MS = 1_000;
const RECEIVE =
  "企业微信管理后台 → 应用管理 → 该应用 → 接收消息 → 设置API接收 (admin console → 应用管理 → the app → 接收消息 → 设置API接收)";

const MISFITS: Record<CallbackFault, { what: string; todo: string }> = {
  signature: {
    what: "签名不符：运行中的鲸用的 Token 与这里不同 (signature: the running Whale has another Token)",
    todo: `核对 WECOM_TOKEN 与下列页面一致，重启鲸 (compare WECOM_TOKEN, restart Whale): ${RECEIVE}`,
  },
  key: {
    what: "密钥不符：EncodingAESKey 不同 (key: the EncodingAESKey differs)",
    todo: `核对 WECOM_AES_KEY 与下列页面一致，重启鲸 (compare WECOM_AES_KEY, restart Whale): ${RECEIVE}`,
  },
  receiveid: {
    what: "接收者不符：企业 ID 不同 (receiveid: the company's id differs)",
    todo: "核对 WECOM_CORP_ID，在 我的企业 → 企业ID，重启鲸 (compare WECOM_CORP_ID with 我的企业 → 企业ID, restart Whale)",
  },
  time: {
    what: "时间不符：两台机器的钟相差超过 5 分钟 (time: the clocks are more than 5 minutes apart)",
    todo: "让运行鲸的机器同步时间 (let the machine of the running Whale follow NTP)",
  },
  form: {
    what: "请求在路上被改动：参数缺失或重复 (form: something on the way changes the query)",
    todo: "检查反向代理是否改写查询串 (see whether the proxy in front rewrites the query)",
  },
};

/** Calls the callback as WeCom does when its address is saved, by the public address, and says what does not fit. */
export async function lookAtCallback(deps: CallbackDeps): Promise<Finding[]> {
  const { publicUrl, localUrl } = deps;
  const base = publicUrl ?? localUrl;
  const { reduced } = findingsAbout("callback");
  const unsaid = reduced(
    "no_public_url",
    "没有设置 WHALE_PUBLIC_URL，没有从外部检查回调 (not set: the callback was not called from outside)",
    "在 .env 里写 WHALE_PUBLIC_URL=https://您的地址 (set it to where WeCom reaches this Whale)",
  );
  if (base === null) return [unsaid];
  const found = await callAt(`${base}${PATH}`, deps);
  return publicUrl === null ? [found, unsaid] : [found];
}

async function callAt(url: string, { call, selfCall }: CallbackDeps): Promise<Finding> {
  const { holds, reduced, fails } = findingsAbout(`callback ${url}`);
  const { query, echo } = selfCall();
  const answer = await call(url, query);
  if (answer.outcome === "failed") return fails("callback_unreachable", answer.message, REACH);
  const { status, text, tookMs } = answer;
  const fault = status === 403 ? callbackFault(text.trim()) : null;
  if (fault !== null) return fails(`callback_${fault}`, MISFITS[fault].what, MISFITS[fault].todo);
  if (status !== 200)
    return fails("callback_status", `HTTP ${status}：不是鲸的回答 (not Whale's answer)`, REACH);
  if (text !== echo) {
    const what = "回答不是解密后的原文：代理加了内容 (something on the way changes the answer)";
    return fails("callback_altered", what, "让代理原样转发 /wecom/callback (pass it through unchanged)");
  }
  const took = `${Math.round(tookMs)} ms`;
  if (tookMs < LIMIT_MS) return holds("callback_works", `签名、密钥、接收者、时间都相符 (all fits), ${took}`);
  const slow = `${took}：企业微信只等 1 秒，保存地址会失败 (WeCom waits for 1 s when the address is saved)`;
  return reduced("callback_slow", slow, "缩短到鲸的路径 (shorten the way to Whale)");
}

const REACH =
  "确认域名、TLS 证书、反向代理把 /wecom/callback 转给鲸，且鲸在运行 (domain, certificate, proxy to Whale, and that it runs)";
