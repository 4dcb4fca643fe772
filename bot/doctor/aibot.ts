import type { AibotCheck } from "../../adapters/aibot/index.ts";
import type { Home } from "../../adapters/files/index.ts";
import { type Finding, findingsAbout } from "./finding.ts";

/** What is known of the bot without asking WeCom, in the place of what asking it gave. */
export type AibotLook = AibotCheck | { outcome: "not_set" } | { outcome: "not_tried"; why: string };

/** Whether the AI bot's id and secret are good, and whether the groups that need it have one. */
export function lookAtAibot(look: AibotLook, groups: Home["groups"]): Finding[] {
  const { holds, reduced, fails } = findingsAbout("AI bot");
  switch (look.outcome) {
    case "not_set": {
      const needing = Object.entries(groups).flatMap(([name, { kind }]) => (kind === "aibot" ? [name] : []));
      if (needing.length === 0) return [];
      const names = needing.join(" ");
      const what = `groups.yaml 的 ${names} 要用智能机器人，但没有设置 (of groups.yaml ${names} need the AI bot, and none is set)`;
      return [fails("aibot_missing", what, WHERE)];
    }
    case "works":
      return [holds("aibot_works", "BotID、Secret 有效，长连接可用 (WeCom takes BotID and Secret)")];
    case "taken": {
      const what = `${look.by} 已连接，为不挤掉它没有再试 (is connected; not tried, so as not to throw it out)`;
      return [holds("aibot_connected", what)];
    }
    case "not_tried":
      return [reduced("aibot_not_tried", `没有试 (not tried): ${look.why}`, AGAIN)];
    case "refused": {
      const { code, message } = look.error;
      const cause = code.replace(/^aibot\./, "aibot_");
      return [fails(cause, message, REFUSED[code] ?? WHERE)];
    }
    case "unreachable":
      return [fails("aibot_unreachable", look.why, REACH)];
    default:
      return look satisfies never;
  }
}

const WHERE =
  "企业微信 → 智能机器人 → 该机器人 → API 模式 → 使用长连接：把 BotID、Secret 抄到 .env 的 AIBOT_ID、AIBOT_SECRET，再重启鲸 (WeCom → 智能机器人 → the bot → API 模式 → 长连接: copy BotID and Secret to AIBOT_ID and AIBOT_SECRET in .env, then restart Whale)";
const MODE =
  "企业微信 → 智能机器人 → 该机器人 → API 模式：从“接收消息 URL”改为“使用长连接” (WeCom → 智能机器人 → the bot → API 模式: from the URL mode to 长连接)";
const REFUSED: Readonly<Record<string, string>> = {
  "aibot.bad_credentials": WHERE,
  "aibot.wrong_mode": MODE,
  "aibot.rate_limited":
    "试得太频繁，过一分钟再运行 whale doctor (tried too often: run whale doctor again in a minute)",
};
const REACH =
  "确认本机能访问 openws.work.weixin.qq.com:443（或 AIBOT_URL），代理要放行 WebSocket (see that this machine reaches it, and that proxies let WebSocket pass)";
const AGAIN =
  "在运行鲸的机器上用 /readyz 看 aibot 的状态，或停下鲸后再运行 whale doctor (see aibot in /readyz of the running Whale, or stop it and run whale doctor again)";
