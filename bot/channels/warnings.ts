import type { Groups } from "../../core/groups/index.ts";
import type { ChatBot } from "../../core/ports/index.ts";
import type { Warning } from "../http/index.ts";

/** What people should know of the AI bot and of the groups that need it. */
export function botWarnings(bot: Pick<ChatBot, "status"> | null, groups: Groups): Warning[] {
  if (bot === null)
    return [...groups].flatMap(([name, { kind }]) => (kind === "aibot" ? [withoutBot(name)] : []));
  const { state, sinceMs, why } = bot.status();
  if (state === "live" || state === "standby" || why === "") return [];
  const since = new Date(sinceMs).toISOString();
  return [{ about: "aibot", message: `智能机器人没有连上 (the AI bot is not connected) ${since}: ${why}` }];
}

function withoutBot(name: string): Warning {
  const message = "群里要有智能机器人，请设置 AIBOT_ID、AIBOT_SECRET (needs the AI bot: set them)";
  return { about: `group ${name}`, message };
}
