import type { ConfigReader } from "./reader.ts";

/** Of the pages that cards link to. */
export interface PagesConfig {
  /** The address at which people reach Whale, without a slash at its end; null: there are no pages and no links. */
  publicUrl: string | null;
  /** What sessions of pages are sealed with; empty: the secret of WeCom's callback, from which a key is drawn. */
  sessionKey: string;
}

/** A key that people make up is easily guessed. */
const SHORTEST_KEY = 32;

/** Reads what pages are told from outside. */
export function readPages(read: ConfigReader): PagesConfig {
  const sessionKey = read.secret("SESSION_KEY");
  if (sessionKey !== "" && sessionKey.length < SHORTEST_KEY) {
    const rule = `至少 ${SHORTEST_KEY} 个字符，例如 openssl rand -hex 32 (at least ${SHORTEST_KEY} characters, such as openssl rand -hex 32)`;
    read.fault("SESSION_KEY", "", rule);
  }
  return { publicUrl: publicUrlOf(read), sessionKey };
}

function publicUrlOf(read: ConfigReader): string | null {
  const text = read.given("PUBLIC_URL");
  if (text === "") return null;
  const url = URL.parse(text);
  const isPlain = url && !url.username && !url.password && !url.search && !url.hash;
  if (isPlain && /^https?:$/.test(url.protocol)) return url.href.replace(/\/+$/, "");
  const rule =
    "应为 http(s) 地址，不带用户、密码、? 和 # (must be an http or https address without user, password, query or fragment)";
  // An address with a password in it is a fault that must not be shown either.
  read.fault("PUBLIC_URL", text.includes("@") ? "" : text, rule);
  return null;
}
