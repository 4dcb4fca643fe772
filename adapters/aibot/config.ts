import { ChatOpsError } from "../../core/errors.ts";

/** The AI bot (智能机器人), as the administrator sees it with the long connection switched on. */
export interface AibotConfig {
  botId: string;
  secret: string;
  /** Address of the long connection. Default `wss://openws.work.weixin.qq.com`. */
  wsUrl?: string;
  /** How often it is asked whether the connection lives, in milliseconds. Default 30,000, as WeCom wants it. */
  pingMs?: number;
  /** How long opening the connection and subscribing may take together, in milliseconds. Default 10,000. */
  connectMs?: number;
  /** How long the lease on the connection lasts when its holder is gone, in milliseconds. Default 12,000. */
  leaseMs?: number;
  /** How often the lease is renewed, or asked for, in milliseconds. Default a sixth of `leaseMs`. */
  renewMs?: number;
  /** First pause after a lost connection, in milliseconds; it doubles up to 60 times itself. Default 1,000. */
  pauseMs?: number;
  /** Messages in one conversation: WeCom takes 30 a minute and 1,000 an hour. Defaults 28 and 900. */
  perMinute?: number;
  perHour?: number;
}

export type CheckedAibotConfig = Required<AibotConfig>;

const DEFAULTS = {
  wsUrl: "wss://openws.work.weixin.qq.com",
  pingMs: 30_000,
  connectMs: 10_000,
  leaseMs: 12_000,
  pauseMs: 1_000,
  perMinute: 28,
  perHour: 900,
} as const;

/** The configuration with its defaults. Throws `aibot.bad_config` naming a bad field, never a secret's value. */
export function checkAibotConfig(given: AibotConfig): CheckedAibotConfig {
  const leaseMs = given.leaseMs ?? DEFAULTS.leaseMs;
  const config = { ...DEFAULTS, renewMs: Math.ceil(leaseMs / 6), ...given };
  if (!/^[\x21-\x7e]{1,128}$/.test(config.botId)) throw bad("botId", "must be the bot's id");
  if (!/^[\x21-\x7e]{1,256}$/.test(config.secret)) throw bad("secret", "must be the bot's secret");
  if (!/^wss?:\/\/[^@\s]+$/.test(config.wsUrl)) throw bad("wsUrl", "must be a ws:// or wss:// address");
  for (const field of NUMBERS) {
    if (!(config[field] >= 1)) throw bad(field, `must be 1 or more, not ${config[field]}`);
  }
  if (config.renewMs * 4 > config.leaseMs) throw bad("renewMs", "must be a quarter of leaseMs at most");
  return config;
}

const NUMBERS = ["pingMs", "connectMs", "leaseMs", "renewMs", "pauseMs", "perMinute", "perHour"] as const;

function bad(field: string, what: string): ChatOpsError {
  return new ChatOpsError(`aibot ${field} ${what}`, { code: "aibot.bad_config", reached: "no" });
}
