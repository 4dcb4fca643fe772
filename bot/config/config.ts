import { isIP } from "node:net";
import { isAbsolute, resolve } from "node:path";
import type { PressureLimits } from "../../core/pressure/index.ts";
import type { Language } from "../../core/texts/index.ts";
import { LANGUAGES } from "../../core/texts/index.ts";
import { parseDuration } from "../../core/time/index.ts";
import { parseBytes } from "./bytes.ts";
import { memoryOfMachine } from "./environment.ts";

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
  };
  /** Largest body that intake takes, in bytes. Default 1 MiB. */
  maxBodyBytes: number;
  /** Proxies in front that each add an entry to `X-Forwarded-For`; 0 believes the socket alone. Default 0. */
  trustProxyHops: number;
  /** How long an unresolved start is looked for before a human is asked. Default 150 s. */
  startWindowMs: number;
  /** How long events stay in the journal after every reader has passed. Default 7 days. */
  journalKeepMs: number;
  /** How long events stay in the archive, where their type does not say. Default 90 days. */
  archiveKeepMs: number;
  /**
   * Where intake answers 503 before it breaks a promise. Defaults: 512 MB of free disk, 1,000,000 entries that a
   * reader is behind, 64 MB of unanswered bodies, and of memory 1.5 GB or three quarters of what there is, if
   * that is less. The share of the heap is fixed.
   */
  pressure: PressureLimits;
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

type WecomText = Exclude<keyof Config["wecom"], "agentId">;

/** What the client of WeCom says against a value of its configuration; null when nothing. Never holds the value. */
export type WecomFault = (field: WecomText, value: string) => string | null;

/** What the configuration is checked by, beside itself. */
export interface ConfigGivens {
  wecomFault: WecomFault;
  /** Memory that the process may use, in bytes; as found when absent. */
  memoryBytes?: number;
}

/** Values that may be shown; the app's other ones are secrets. */
const SHOWN: readonly WecomText[] = ["apiBase", "corpId"];

/** Reads the configuration from environment variables; every fault is named, not only the first. */
export function readConfig(env: Environment, cwd: string, given: ConfigGivens): ConfigOutcome {
  const { wecomFault, memoryBytes = memoryOfMachine() } = given;
  const read = reader(env, wecomFault);
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
    },
    maxBodyBytes: read.whole("WHALE_MAX_BODY_BYTES", { fallback: 1_048_576, min: 1024, max: 64 * 1_048_576 }),
    trustProxyHops: read.whole("WHALE_TRUST_PROXY", { fallback: 0, min: 0, max: 10 }),
    startWindowMs: read.duration("WHALE_START_WINDOW", "150s"),
    journalKeepMs: read.duration("WHALE_JOURNAL_KEEP", "7d"),
    archiveKeepMs: read.duration("WHALE_ARCHIVE_KEEP", "90d"),
    pressure: pressureLimits(read, memoryBytes),
  };
  return read.faults.length > 0 ? { outcome: "refused", faults: read.faults } : { outcome: "read", config };
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

function pressureLimits(read: Reader, memoryBytes: number): PressureLimits {
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

interface WholeLimits {
  fallback?: number;
  min: number;
  max: number;
}

type Reader = ReturnType<typeof reader>;

function reader(env: Environment, wecomFault: WecomFault) {
  const faults: ConfigFault[] = [];
  const given = (name: string) => (env[name] ?? "").trim();
  const fault = (name: string, value: string, message: string) => void faults.push({ name, value, message });

  return {
    faults,
    wecom: (name: string, field: WecomText, fallback = "") => {
      const value = given(name) || fallback;
      const message = value ? wecomFault(field, value) : "没有设置，必须给出 (not set, required)";
      // An address with a password in it is a fault that must not be shown either.
      const shown = SHOWN.includes(field) && !value.includes("@") ? value : "";
      if (message !== null) fault(name, shown, message);
      return value;
    },
    host: (name: string, fallback: string) => {
      const value = given(name) || fallback;
      if (isIP(value) === 0 && !HOST_NAME.test(value))
        fault(name, value, "要填 IP 地址或主机名 (an IP address or a host name)");
      return value;
    },
    whole: (name: string, { fallback, min, max }: WholeLimits) => {
      const value = given(name);
      if (!value && fallback !== undefined) return fallback;
      const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
      if (number >= min && number <= max) return number;
      fault(name, value, `要填 ${min} 到 ${max} 之间的整数 (a whole number from ${min} to ${max})`);
      return min;
    },
    bytes: (name: string, { fallback, min }: { fallback: number; min: number }) => {
      const value = given(name);
      if (!value) return fallback;
      const bytes = parseBytes(value);
      if (bytes !== null && bytes >= min) return bytes;
      const least = `${min / 2 ** 20}MB`;
      fault(
        name,
        value,
        `要写成 512MB、1.5GB 这样的大小，至少 ${least} (a size such as 512MB, at least ${least})`,
      );
      return fallback;
    },
    oneOf: <T extends string>(name: string, known: readonly T[], fallback: T): T => {
      const value = given(name) || fallback;
      const found = known.find((one) => one === value);
      if (!found) fault(name, value, `只能是 (one of): ${known.join(", ")}`);
      return found ?? fallback;
    },
    duration: (name: string, fallback: string) => {
      const value = given(name) || fallback;
      const ms = parseDuration(value);
      if (ms === null)
        fault(name, value, "要写成 30s、10m、2h、7d 这样的时长 (a duration such as 30s, 10m, 2h, 7d)");
      return ms ?? 0;
    },
    zone: (name: string, fallback: string) => {
      const value = given(name) || fallback;
      if (!isZone(value))
        fault(name, value, "不是时区名 (not the name of a time zone, for example Asia/Shanghai)");
      return value;
    },
  };
}

/** The last label of a name holds a letter: 999.1.1.1 is no name, it is a wrong address. */
const HOST_NAME = /^(?=.{1,253}$)(?:[a-z0-9_-]+\.)*(?=[0-9_-]*[a-z])[a-z0-9_-]+$/i;

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    // Intl reports an unknown zone only by throwing.
    return false;
  }
}
