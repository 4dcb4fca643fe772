import type { ConfigReader } from "./reader.ts";

/** The AI bot (智能机器人) on its long connection. */
export interface AibotSetting {
  botId: string;
  /** A secret. */
  secret: string;
  /** Address of the long connection; WeCom's own when absent. */
  wsUrl?: string;
}

const ALONE = "AIBOT_ID、AIBOT_SECRET 要一起设置 (AIBOT_ID and AIBOT_SECRET go together)";
const ADDRESS = "应为 ws:// 或 wss:// 地址 (must be a ws:// or wss:// address)";
const WORD = /^[\x21-\x7e]{1,128}$/;

/** Reads `AIBOT_ID`, `AIBOT_SECRET` and `AIBOT_URL`; null when neither of the first two is set. */
export function readAibot(read: ConfigReader): AibotSetting | null {
  const botId = read.given("AIBOT_ID");
  const secret = read.secret("AIBOT_SECRET").trim();
  const wsUrl = read.given("AIBOT_URL");
  if (botId === "" && secret === "") return null;
  if (!WORD.test(botId)) read.fault("AIBOT_ID", botId, ALONE);
  if (!WORD.test(secret)) read.fault("AIBOT_SECRET", "", ALONE);
  if (wsUrl === "") return { botId, secret };
  if (!/^wss?:\/\/[^@\s]+$/.test(wsUrl)) read.fault("AIBOT_URL", wsUrl.includes("@") ? "" : wsUrl, ADDRESS);
  return { botId, secret, wsUrl };
}
