import { isIP } from "node:net";
import { parseDuration } from "../../core/time/index.ts";
import { parseBytes } from "./bytes.ts";
import type { Config, ConfigFault, Environment, WecomFault } from "./config.ts";
import { fileText, readSecret } from "./secret.ts";
import { withPlace } from "./where-found.ts";

const NOT_SET = "没有设置，必须给出 (not set, required)";

/** The texts of WeCom's part. */
export type WecomText = Exclude<keyof Config["wecom"], "agentId">;

/** Values that may be shown; the app's other ones are secrets. */
const SHOWN: readonly WecomText[] = ["apiBase", "corpId", "loginBase"];

interface WholeLimits {
  fallback?: number;
  min: number;
  max: number;
}

interface TextShape {
  fallback: string;
  pattern: RegExp;
  /** What the text must be, in words. */
  wants: string;
}

/** Reads variables by what they must be, and collects what is wrong with them. */
export type ConfigReader = ReturnType<typeof configReader>;

/** A reader over an environment. What it cannot use becomes a fault, and something usable is given in its place. */
export function configReader(env: Environment, wecomFault: WecomFault) {
  const faults: ConfigFault[] = [];
  const given = (name: string) => (env[name] ?? "").trim();
  const fault = (name: string, value: string, message: string) =>
    void faults.push({ name, value, message: withPlace(name, message) });

  return {
    faults,
    given,
    fault,
    secret: (name: string) => readSecret(name, given, fault),
    file: (name: string) => {
      const path = given(name);
      return path ? fileText(name, path, fault) : "";
    },
    wecom: (name: string, field: WecomText, fallback = "") => {
      const value = given(name) || fallback;
      const message = value ? wecomFault(field, value) : NOT_SET;
      // An address with a password in it is a fault that must not be shown either.
      const shown = SHOWN.includes(field) && !value.includes("@") ? value : "";
      if (message !== null) fault(name, shown, message);
      return value;
    },
    matching: (name: string, { fallback, pattern, wants }: TextShape) => {
      const value = given(name) || fallback;
      if (!pattern.test(value)) fault(name, value, wants);
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
      const wants = `要填 ${min} 到 ${max} 之间的整数 (a whole number from ${min} to ${max})`;
      fault(name, value, value ? wants : NOT_SET);
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
    duration: (name: string, fallback: string, least?: string) => {
      const value = given(name) || fallback;
      const ms = parseDuration(value);
      if (ms === null)
        fault(name, value, "要写成 30s、10m、2h、7d 这样的时长 (a duration such as 30s, 10m, 2h, 7d)");
      else if (least !== undefined && ms < (parseDuration(least) ?? 0))
        fault(name, value, `至少 ${least} (at least ${least})`);
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
