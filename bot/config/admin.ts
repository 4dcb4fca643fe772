import type { People } from "../../core/people/index.ts";
import type { ConfigReader } from "./reader.ts";

/** Who is told when WeCom needs a person, and how this Whale is reached from outside. */
export interface AdminConfig {
  /** Who is told by the app. Default nobody. */
  people: People | null;
  /** Webhook address of a group robot that tells it when the app cannot; a secret. Default none. */
  robotUrl: string | null;
  /**
   * Where WeCom and people reach this Whale, without a slash at its end; `doctor` calls the callback by it, and cards link
   * to pages below it. Default none: there are no pages.
   */
  publicUrl: string | null;
}

const PEOPLE =
  "要写 userid，用逗号分开；或 tag:标签名、department:编号 (userids separated by commas, or tag:NAME, or department:NUMBER)";
const ROBOT =
  "应为群机器人的 Webhook 地址 (must be the webhook address of a group robot): https://…/cgi-bin/webhook/send?key=…";
const PUBLIC =
  "应为 http(s) 地址，不带用户、密码、? 和 # (must be an http or https address without user, password, query or fragment): https://your.host";

/** Reads `ADMIN`, `FALLBACK_ROBOT_URL` and `WHALE_PUBLIC_URL`. */
export function readAdmin(read: ConfigReader): AdminConfig {
  return { people: readPeople(read), robotUrl: readRobot(read), publicUrl: readPublicUrl(read) };
}

function readPeople(read: ConfigReader): People | null {
  const text = read.given("ADMIN");
  if (text === "") return null;
  const [, kind, name] = /^(tag|department):(.+)$/.exec(text) ?? [];
  if (kind === "tag" && name) return { tag: name.trim() };
  if (kind === "department" && /^\d{1,9}$/.test(name ?? "")) return { department: Number(name) };
  const users = text.split(/[,，]/).map((one) => one.trim());
  if (kind === undefined && users.every((one) => /^[\w.@-]{1,64}$/.test(one))) return { users };
  read.fault("ADMIN", text, PEOPLE);
  return null;
}

function readRobot(read: ConfigReader): string | null {
  const url = read.secret("FALLBACK_ROBOT_URL").trim();
  if (url === "") return null;
  if (/^https?:\/\/[^\s?#@]+\/cgi-bin\/webhook\/send\?key=[\w-]{1,128}$/.test(url)) return url;
  read.fault("FALLBACK_ROBOT_URL", "", ROBOT);
  return null;
}

function readPublicUrl(read: ConfigReader): string | null {
  const text = read.given("WHALE_PUBLIC_URL");
  if (text === "") return null;
  const url = URL.parse(text);
  const good =
    url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
  if (good) return url.href.replace(/\/+$/, "");
  read.fault("WHALE_PUBLIC_URL", text.includes("@") ? "" : text, PUBLIC);
  return null;
}
