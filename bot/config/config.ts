import { isAbsolute, resolve } from "node:path";
import { type BudgetLimits, DEFAULT_BUDGETS } from "../../core/outbox/index.ts";
import type { PressureLimits } from "../../core/pressure/index.ts";
import { DEFAULT_RUN_LIMITS, type RunLimits } from "../../core/runs/index.ts";
import type { Language } from "../../core/texts/index.ts";
import { LANGUAGES } from "../../core/texts/index.ts";
import { type AdminConfig, readAdmin } from "./admin.ts";
import { type AibotSetting, readAibot } from "./aibot.ts";
import { memoryOfMachine } from "./environment.ts";
import { type ImagesSetting, readImages } from "./images.ts";
import { type ConfigReader, configReader, type WecomText } from "./reader.ts";
import { type ProcessRole, readRoles } from "./roles.ts";
import { readSessionKey } from "./session-key.ts";
import { readStores, type StoresConfig } from "./stores.ts";

/** Everything the process is told from outside, checked. */
export interface Config {
  /** Address to listen on. Default 127.0.0.1. */
  host: string;
  /** Port to listen on; 0 picks a free one. Default 8080. */
  port: number;
  /** Folder with the files a user writes. Default `./home`. */
  home: string;
  /** Folder of the embedded stores. Default `<home>/data`. */
  dataDir: string;
  language: Language;
  /** IANA zone for times in chat and in templates. Default Asia/Shanghai. */
  timeZone: string;
  logLevel: "debug" | "info" | "warn" | "error";
  wecom: {
    apiBase: string;
    corpId: string;
    corpSecret: string;
    agentId: number;
    token: string;
    encodingAesKey: string;
    /** Where browsers log in; WeCom's own addresses when absent. */
    loginBase?: string;
  };
  /** What logins to pages are sealed with; empty: a key is drawn from the secret of WeCom's callback. */
  sessionKey: string;
  admin: AdminConfig;
  /** What of messages and calls WeCom takes. Defaults: 24 a minute to one person, 500 accounts, 2,400 calls. */
  budgets: BudgetLimits;
  /** How many runs people may ask for by hand. Default 20 a minute for each person and token. */
  runs: RunLimits;
  /** Null without the AI bot. */
  aibot: AibotSetting | null;
  /** How images of packs are built and pushed. */
  images: ImagesSetting;
  /** Largest body that intake takes, in bytes. Default 1 MiB. */
  maxBodyBytes: number;
  /** Proxies in front that each add an entry to `X-Forwarded-For`; 0 believes the socket alone. Default 0. */
  trustProxyHops: number;
  /** Most connections that one remote address may have, where no proxies are trusted. Default 1,000. */
  maxConnectionsPerAddress: number;
  /** How long an unresolved start is looked for before a human is asked. Default 150 s. */
  startWindowMs: number;
  /** How long events stay in the journal after every reader has passed. Default 7 days. */
  journalKeepMs: number;
  /** How long events stay in the archive, where their type does not say. Default 90 days. */
  archiveKeepMs: number;
  /** How long a task stays after it has ended and last changed. Default 90 days, at least 7. */
  taskKeepMs: number;
  /**
   * Where intake answers 503 before it breaks a promise. Defaults: 512 MB of free disk, 1,000,000 entries that a
   * reader is behind, 64 MB of unanswered bodies, and of memory 1.5 GB or three quarters of what there is, if
   * that is less. The share of the heap is fixed.
   */
  pressure: PressureLimits;
  /** Which stores the process works on. Embedded when neither Redis nor Elasticsearch is named. */
  stores: StoresConfig;
  /** What this process does. Default everything. */
  roles: readonly ProcessRole[];
  /**
   * How long a process that was told to end goes on taking requests while `/readyz` says that it leaves. Default 3 s,
   * and none for embedded stores, beside which there is no other process to turn to.
   */
  drainMs: number;
}

/** One value that cannot be used. Secrets are never shown. */
export interface ConfigFault {
  name: string;
  /** What was given; empty when nothing was, or when it is a secret. */
  value: string;
  message: string;
  /** The line that it came from, as `.env:3`; absent when it came from elsewhere. */
  place?: string;
}

export type ConfigOutcome =
  | { outcome: "read"; config: Config }
  | { outcome: "refused"; faults: ConfigFault[] };

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the client of WeCom says against a value of its configuration; null when nothing. Never holds the value. */
export type WecomFault = (field: WecomText, value: string) => string | null;

/** What the configuration is checked by, beside itself. */
export interface ConfigGivens {
  wecomFault: WecomFault;
  /** Memory that the process may use, in bytes; as found when absent. */
  memoryBytes?: number;
}

/** Reads the configuration from environment variables; every fault is named, not only the first. */
export function readConfig(env: Environment, cwd: string, given: ConfigGivens): ConfigOutcome {
  const { wecomFault, memoryBytes = memoryOfMachine() } = given;
  const read = configReader(env, wecomFault);
  const { home, dataDir } = foldersOf(env, cwd);
  const config: Config = {
    host: read.host("HOST", "127.0.0.1"),
    port: read.whole("PORT", { fallback: 8080, min: 0, max: 65_535 }),
    home,
    dataDir,
    language: read.oneOf("WHALE_LANG", LANGUAGES, "zh"),
    timeZone: read.zone("WHALE_TIME_ZONE", "Asia/Shanghai"),
    logLevel: read.oneOf("LOG_LEVEL", ["debug", "info", "warn", "error"], "info"),
    wecom: {
      apiBase: read.wecom("WECOM_API", "apiBase", "https://qyapi.weixin.qq.com").replace(/\/+$/, ""),
      corpId: read.wecom("WECOM_CORP_ID", "corpId"),
      corpSecret: read.wecom("WECOM_SECRET", "corpSecret"),
      agentId: read.whole("WECOM_AGENT_ID", { min: 1, max: 2 ** 31 }),
      token: read.wecom("WECOM_TOKEN", "token"),
      encodingAesKey: read.wecom("WECOM_AES_KEY", "encodingAesKey"),
      ...loginBase(read),
    },
    sessionKey: readSessionKey(read),
    admin: readAdmin(read),
    budgets: budgetLimits(read),
    runs: { perMinute: read.whole("WHALE_RUNS_PER_MINUTE", { fallback: RUNS, min: 1, max: 1e5 }) },
    aibot: readAibot(read),
    images: readImages(read),
    maxBodyBytes: read.whole("WHALE_MAX_BODY_BYTES", { fallback: 1_048_576, min: 1024, max: 64 * 1_048_576 }),
    trustProxyHops: read.whole("WHALE_TRUST_PROXY", { fallback: 0, min: 0, max: 10 }),
    maxConnectionsPerAddress: read.whole("WHALE_MAX_CONNECTIONS_PER_ADDRESS", CONNECTIONS),
    startWindowMs: read.duration("WHALE_START_WINDOW", "150s"),
    journalKeepMs: read.duration("WHALE_JOURNAL_KEEP", "7d"),
    archiveKeepMs: read.duration("WHALE_ARCHIVE_KEEP", "90d"),
    // Cards of an ended task can be shown anew for 72 h, and what its workflow asked is kept somewhat longer.
    taskKeepMs: read.duration("WHALE_TASK_KEEP", "90d", "7d"),
    pressure: pressureLimits(read, memoryBytes),
    ...sharing(read),
  };
  return read.faults.length > 0 ? { outcome: "refused", faults: read.faults } : { outcome: "read", config };
}

function loginBase(read: ConfigReader): { loginBase?: string } {
  if (!read.given("WECOM_LOGIN")) return {};
  return { loginBase: read.wecom("WECOM_LOGIN", "loginBase").replace(/\/+$/, "") };
}

const CONNECTIONS = { fallback: 1_000, min: 1, max: 10_000 };
const RUNS = DEFAULT_RUN_LIMITS.perMinute;

function budgetLimits(read: ConfigReader): BudgetLimits {
  const { memberPerMinute, accounts, callsPerMinute } = DEFAULT_BUDGETS;
  return {
    memberPerMinute: read.whole("WECOM_MEMBER_PER_MINUTE", { fallback: memberPerMinute, min: 10, max: 1e6 }),
    accounts: read.whole("WECOM_ACCOUNTS", { fallback: accounts, min: 1, max: 1e8 }),
    callsPerMinute: read.whole("WECOM_CALLS_PER_MINUTE", { fallback: callsPerMinute, min: 60, max: 1e8 }),
  };
}

/** What matters where several processes stand beside each other. */
function sharing(read: ConfigReader): Pick<Config, "stores" | "roles" | "drainMs"> {
  const stores = readStores(read);
  const alone = stores.kind === "embedded";
  const drainMs = alone && !read.given("WHALE_DRAIN") ? 0 : read.duration("WHALE_DRAIN", "3s");
  return { stores, roles: readRoles(read, alone), drainMs };
}

/** The folder with the files that a user writes, and that of the embedded stores. */
export function foldersOf(env: Environment, cwd: string): Pick<Config, "home" | "dataDir"> {
  const given = (name: string) => (env[name] ?? "").trim();
  const home = pathOf(given("WHALE_HOME") || "./home", cwd);
  return { home, dataDir: pathOf(given("WHALE_DATA") || `${home}/data`, cwd) };
}

/** Beyond this the collector of garbage works more than the process. */
const MAX_HEAP_SHARE = 0.9;
const MOST_RSS_BYTES = 1.5 * 2 ** 30;
const MEMORY_SHARE = 0.75;

function pressureLimits(read: ConfigReader, memoryBytes: number): PressureLimits {
  const rssBytes = Math.round(Math.min(MOST_RSS_BYTES, memoryBytes * MEMORY_SHARE));
  return {
    minFreeDiskBytes: read.bytes("WHALE_MIN_FREE_DISK", { fallback: 512 * 2 ** 20, min: 0 }),
    maxBehind: read.whole("WHALE_MAX_BEHIND", { fallback: 1_000_000, min: 1, max: 1e12 }),
    maxRssBytes: read.bytes("WHALE_MAX_RSS", { fallback: rssBytes, min: 128 * 2 ** 20 }),
    maxHeapShare: MAX_HEAP_SHARE,
    maxInFlightBytes: read.bytes("WHALE_MAX_IN_FLIGHT", { fallback: 64 * 2 ** 20, min: 2 ** 20 }),
  };
}

/** The faults as lines for the terminal, Chinese first. */
export function formatFaults(faults: readonly ConfigFault[]): string {
  const lines = faults.map(
    ({ place, name, value, message }) =>
      `  ${[place, name].filter(Boolean).join(" ")}${value ? ` = "${value}"` : ""}: ${message}`,
  );
  return ["环境变量有误，没有启动 (bad environment, not started):", ...lines].join("\n");
}

function pathOf(text: string, cwd: string): string {
  return isAbsolute(text) ? text : resolve(cwd, text);
}
