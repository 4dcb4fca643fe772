import { ChatOpsError } from "../../core/errors.ts";

/** What the adapter must know of one self-built app in one company. */
export interface WecomConfig {
  /** Where the API is; another address for a proxy or a private deployment. Default `https://qyapi.weixin.qq.com`. */
  apiBase?: string;
  /** The company's id. */
  corpId: string;
  /** The app's secret. Never shown. */
  corpSecret: string;
  /** The app's number in the company. */
  agentId: number;
  /** Token of the callback: letters and digits, at most 32. Never shown. */
  token: string;
  /** EncodingAESKey of the callback: exactly 43 letters and digits. Never shown. */
  encodingAesKey: string;
  /** How far a callback's timestamp may be from our clock, in milliseconds. Default 300,000. */
  callbackWindowMs?: number;
  /** Longest wait for an answer of the API, in milliseconds. Default 10,000. */
  requestTimeoutMs?: number;
  /** How long members and names are kept for sending and showing, in milliseconds. Default 300,000. */
  directoryTtlMs?: number;
  /** Proxy with a fixed address, for the app's list of trusted ones. Default none. */
  proxyUrl?: string;
  /** Where browsers log in, for a private deployment or a simulator. Default WeCom's own two addresses. */
  loginBase?: string;
}

/** The configuration with every default filled in. */
export type CheckedConfig = Required<Omit<WecomConfig, Absent>> & Pick<WecomConfig, Absent>;

/** What has no default. */
type Absent = "proxyUrl" | "loginBase";

type Field = keyof WecomConfig;

const DEFAULTS = {
  apiBase: "https://qyapi.weixin.qq.com",
  callbackWindowMs: 300_000,
  requestTimeoutMs: 10_000,
  directoryTtlMs: 300_000,
};

/** A day: a longer wait or lifetime is a mistake in the unit. */
const MAX_MS = 86_400_000;

interface TextRule {
  pattern: RegExp;
  rule: string;
}

const TEXTS = {
  corpId: {
    pattern: /^[0-9A-Za-z_-]{1,64}$/,
    rule: "应为 1 到 64 个字母、数字、- 或 _ (must be 1 to 64 letters, digits, - or _)",
  },
  corpSecret: {
    pattern: /^[\x21-\x7e]{1,512}$/,
    rule: "应为 1 到 512 个可见的 ASCII 字符 (must be 1 to 512 visible ASCII characters)",
  },
  token: {
    pattern: /^[0-9A-Za-z]{1,32}$/,
    rule: "应为 1 到 32 个字母和数字 (must be 1 to 32 letters and digits)",
  },
  encodingAesKey: {
    pattern: /^[0-9A-Za-z]{43}$/,
    rule: "应为 43 个字母和数字 (must be exactly 43 letters and digits)",
  },
} satisfies Partial<Record<Field, TextRule>>;

const BASE_RULE =
  "应为 http(s) 地址，不带用户、密码、? 和 # (must be an http or https address without user, password, query or fragment)";

/** What is wrong with a text of the configuration, in both languages and without the text; null when nothing. */
export function fieldFault(
  field: keyof typeof TEXTS | "apiBase" | "loginBase",
  value: unknown,
): string | null {
  if (field === "apiBase" || field === "loginBase") return checkedBase(value) === null ? BASE_RULE : null;
  const { pattern, rule } = TEXTS[field];
  return typeof value === "string" && pattern.test(value) ? null : rule;
}

/** The address without its last slash; null when it is none. */
function checkedBase(apiBase: unknown): string | null {
  const url = typeof apiBase === "string" ? URL.parse(apiBase) : null;
  if (!url || !/^https?:$/.test(url.protocol)) return null;
  if (url.username || url.password || url.search || url.hash) return null;
  return url.href.replace(/\/+$/, "");
}

function refuse(field: Field, rule: string): never {
  throw new ChatOpsError(`wecom.${field}: ${rule}`, { code: "wecom.bad_config", reached: "no" });
}

function checkMs(config: CheckedConfig, field: Field): void {
  const value: unknown = config[field];
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > MAX_MS) {
    refuse(field, `must be a whole number of milliseconds from 1 to ${MAX_MS}, is ${String(value)}`);
  }
}

/**
 * Fills the defaults in and refuses bad values, naming the field. The message never holds the value of a
 * field that may be a secret. Throws `wecom.bad_config`.
 */
export function checkConfig(config: WecomConfig): CheckedConfig {
  const given = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
  const full = { ...DEFAULTS, ...given } as CheckedConfig;
  for (const field of ["corpId", "corpSecret", "token", "encodingAesKey"] as const) {
    const rule = fieldFault(field, full[field]);
    if (rule !== null) refuse(field, rule);
  }
  if (!Number.isSafeInteger(full.agentId) || full.agentId < 1) {
    refuse("agentId", "must be a whole number above 0");
  }
  for (const field of ["callbackWindowMs", "requestTimeoutMs", "directoryTtlMs"] as const)
    checkMs(full, field);
  const { loginBase } = full;
  return {
    ...full,
    apiBase: checkedBase(full.apiBase) ?? refuse("apiBase", BASE_RULE),
    ...(loginBase === undefined
      ? {}
      : { loginBase: checkedBase(loginBase) ?? refuse("loginBase", BASE_RULE) }),
  };
}
