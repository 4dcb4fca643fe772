import type { Language } from "./catalogue.ts";

/** What an administrator is told of: what keeps the app from working until a person does something. */
export const ADMIN_CAUSES = [
  "bad_credentials",
  "token_blocked",
  "ip_not_trusted",
  "quota_reached",
  "app_disabled",
  "bad_agent",
  "no_callback",
  "inactive_alert",
  "close_inactive_agent",
  "aibot_refused",
] as const;
export type AdminCause = (typeof ADMIN_CAUSES)[number];

/** What is wrong, and what to click where. */
export interface AdminWords {
  what: string;
  todo: string;
}

/** What the administrator reads. */
export interface AdminTexts {
  causes: Record<AdminCause, AdminWords>;
  /** `said` is what WeCom answered, already harmless in the channel's markup; empty when there is nothing. */
  alert: (facts: AdminWords & { said: string }) => string;
  /** Stands behind an alert that a robot tells because the app could not. */
  byRobot: string;
  over: (what: string) => string;
}

const zh: AdminTexts = {
  causes: {
    bad_credentials: {
      what: "企业微信不接受企业 ID 或应用的 Secret，消息发不出去，点击也无法核对身份",
      todo: "企业微信管理后台 → 应用管理 → 该应用 → Secret 查看；改 WECOM_CORP_ID、WECOM_SECRET 后重启鲸。在此之前鲸一小时只试一次，以免 IP 被封",
    },
    token_blocked: {
      what: "企业微信暂时不发 access_token：用错误的 Secret 试得太多，本机 IP 被封一小时",
      todo: "确认没有别的程序在用旧的 Secret；可在管理后台的接口调试工具里自助解封。一小时后鲸自动再试",
    },
    ip_not_trusted: {
      what: "本机的 IP 不在应用的企业可信 IP 里，所有调用都被拒绝（60020）",
      todo: "企业微信管理后台 → 应用管理 → 该应用 → 企业可信IP → 配置，加上下面的地址，约一分钟后生效",
    },
    quota_reached: {
      what: "企业微信的额度已用完（45009），要等这一窗口过去",
      todo: "管理后台的接口调用频率查询与自助解封可看是哪一项；若常出现，请合并告警或调低规则的频率",
    },
    app_disabled: {
      what: "应用已被停用",
      todo: "企业微信管理后台 → 应用管理 → 该应用 → 启用应用",
    },
    bad_agent: {
      what: "AgentId 与 Secret 不是同一个应用的",
      todo: "企业微信管理后台 → 应用管理 → 该应用，核对 AgentId 与 Secret，改 WECOM_AGENT_ID 后重启鲸",
    },
    no_callback: {
      what: "应用没有设置回调地址，带按钮的卡片发不出去（43012）",
      todo: "企业微信管理后台 → 应用管理 → 该应用 → 接收消息 → 设置API接收，填 https://您的地址/wecom/callback",
    },
    inactive_alert: {
      what: "企业微信提醒：应用长期无人使用，将被自动停用",
      todo: "请可见范围内的成员打开一次应用，例如发送 帮助；并确认可见范围正确",
    },
    close_inactive_agent: {
      what: "应用因长期无人使用，已被企业微信停用",
      todo: "企业微信管理后台 → 应用管理 → 该应用 → 重新启用",
    },
    aibot_refused: {
      what: "企业微信不接受智能机器人的 BotID 或 Secret，或它的 API 模式不是长连接；它不再连接，群里的卡片和命令由它收发的都停了",
      todo: "企业微信 → 工作台 → 智能机器人 → 该机器人 → API 模式 → 使用长连接，取 BotID 与 Secret；改 AIBOT_ID、AIBOT_SECRET 后重启鲸。在此之前鲸不再试",
    },
  },
  alert: ({ what, todo, said }) => `**鲸需要管理员处理**\n${what}\n怎么办：${todo}${said && `\n> ${said}`}`,
  byRobot: "（应用本身发不出消息，所以由群机器人转告）",
  over: (what) => `**已恢复**：${what}`,
};

const en: AdminTexts = {
  causes: {
    bad_credentials: {
      what: "WeCom refuses the company's id or the app's Secret: no message leaves, no click can be checked",
      todo: "admin console → 应用管理 → the app → Secret 查看; change WECOM_CORP_ID, WECOM_SECRET and restart Whale. Until then it tries once an hour, so that the address is not banned",
    },
    token_blocked: {
      what: "WeCom gives no access_token for now: too many tries with a wrong Secret, this address is banned for an hour",
      todo: "see to it that no other program uses an old Secret; the console's API tool can lift the ban. Whale tries again after an hour",
    },
    ip_not_trusted: {
      what: "this machine's address is not among the app's trusted ones, every call is refused (60020)",
      todo: "admin console → 应用管理 → the app → 企业可信IP → 配置: add the address below; it takes about a minute",
    },
    quota_reached: {
      what: "a quota of WeCom is used up (45009) until its window is over",
      todo: "the console's page of API rates shows which, and can lift it; if it comes often, merge alerts or lower the rules' rate",
    },
    app_disabled: {
      what: "the app is switched off",
      todo: "admin console → 应用管理 → the app → 启用应用",
    },
    bad_agent: {
      what: "AgentId and Secret are not of the same app",
      todo: "admin console → 应用管理 → the app: compare AgentId and Secret, change WECOM_AGENT_ID and restart Whale",
    },
    no_callback: {
      what: "the app has no callback address, cards with buttons are refused (43012)",
      todo: "admin console → 应用管理 → the app → 接收消息 → 设置API接收: https://your.host/wecom/callback",
    },
    inactive_alert: {
      what: "WeCom warns: nobody uses the app, it will be switched off",
      todo: "let a member of its visible scope open it once, for example send help; check the visible scope",
    },
    close_inactive_agent: {
      what: "WeCom has switched the app off because nobody used it",
      todo: "admin console → 应用管理 → the app → 重新启用",
    },
    aibot_refused: {
      what: "WeCom refuses the AI bot's BotID or Secret, or its API mode is not the long connection: it stays off, with all that groups get and send by it",
      todo: "WeCom → 工作台 → 智能机器人 → the bot → API 模式 → 使用长连接: take BotID and Secret, change AIBOT_ID, AIBOT_SECRET and restart Whale. Until then it does not try again",
    },
  },
  alert: ({ what, todo, said }) =>
    `**Whale needs its administrator**\n${what}\nWhat to do: ${todo}${said && `\n> ${said}`}`,
  byRobot: "(told by a group robot, because the app itself cannot send)",
  over: (what) => `**Works again**: ${what}`,
};

const BY_LANGUAGE: Record<Language, AdminTexts> = { zh, en };

/** What the administrator reads, in a language. */
export function adminTextsOf(language: Language): AdminTexts {
  return BY_LANGUAGE[language];
}
