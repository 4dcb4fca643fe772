import type { TestContext } from "node:test";
import { type AibotSimulator, startAibotSimulator } from "../../fixtures/simulators/aibot/index.ts";
import { openWorld, until, type World, type WorldOptions } from "../support/world.ts";

export const GROUP = "wrOpsGroup";
/** With the group that the sample home reports to. */
export const SAMPLE = { "shop-alerts": { appchat: "shopalerts" } };
export const HOME = { "groups.yaml": { ...SAMPLE, ops: { aibot: GROUP } } };

export interface BotWorld {
  world: World;
  bot: AibotSimulator;
}

/** A world whose AI bot is in a group where somebody has mentioned it. */
export async function openBotWorld(t: TestContext, options: WorldOptions = {}): Promise<BotWorld> {
  const bot = await startAibotSimulator();
  t.after(() => bot.close());
  const env = { AIBOT_ID: bot.botId, AIBOT_SECRET: bot.secret, AIBOT_URL: bot.url, ...options.env };
  const world = await openWorld(t, { ...options, env, files: { ...HOME, ...options.files } });
  await until(world, "the bot to be connected", () => bot.state().live);
  return { world, bot };
}

/** What the bot wrote in a chat, oldest first. */
export function said(bot: AibotSimulator, chatId: string): string[] {
  return (bot.chat(chatId)?.entries ?? []).flatMap((entry) => (entry.kind === "bot" ? [entry.text] : []));
}

export function groupSays({ world, bot }: BotWorld, ...holding: string[]): Promise<string> {
  return until(world, `the group to read ${holding.join(" + ")}`, () =>
    said(bot, GROUP).find((text) => holding.every((part) => text.includes(part))),
  );
}

/** The id of the newest card in the group, and of the newest that says this. */
export function cardInGroup({ world, bot }: BotWorld, holding = ""): Promise<string> {
  return until(world, `a card in the group: ${holding}`, () => {
    const cards = bot.chat(GROUP)?.entries.flatMap((one) => (one.kind === "card" ? [one.taskId] : [])) ?? [];
    return cards.findLast((id) => JSON.stringify(bot.card(id)?.card).includes(holding));
  });
}

export function cardShows({ world, bot }: BotWorld, cardId: string, text: string): Promise<true> {
  return until(world, `the group's card to show ${text}`, () =>
    JSON.stringify(bot.card(cardId)?.card).includes(text),
  );
}
