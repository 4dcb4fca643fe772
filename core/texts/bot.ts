import type { Language } from "./catalogue.ts";

/** What people read of the AI bot alone. */
export interface BotTexts {
  /** Who opens the chat with the bot reads it. */
  greeting: string;
  /** Stands on a card while a click is worked on. */
  received: string;
  /** Why nothing was done for somebody. */
  refusals: Record<"unknown_person" | "inactive", string>;
}

const zh: BotTexts = {
  greeting: "您好，我是鲸。发送 帮助 看您可以做什么；在群里 @我 也可以。",
  received: "已收到，处理中，结果另发",
  refusals: {
    unknown_person:
      "认不出您是哪位成员，没有执行。请管理员让超级管理员创建机器人，或把您加入鲸应用的可见范围",
    inactive: "您的企业微信账号已停用或未激活，没有执行",
  },
};

const en: BotTexts = {
  greeting: "Hello, I am Whale. Send help for what you may do; in groups mention me.",
  received: "received; result follows",
  refusals: {
    unknown_person:
      "It cannot be told which member you are, so nothing was done. Ask for a bot that a super-administrator made, or to be put into the visible scope of Whale's app",
    inactive: "Your WeCom account is disabled or not activated, so nothing was done",
  },
};

const BY_LANGUAGE: Record<Language, BotTexts> = { zh, en };

/** The AI bot's texts of a language. */
export function botTextsOf(language: Language): BotTexts {
  return BY_LANGUAGE[language];
}
