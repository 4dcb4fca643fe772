import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type AibotConfig, createAibot } from "../../../adapters/aibot/index.ts";
import { checkedCard } from "../../../adapters/wecom/index.ts";
import type { ButtonsView } from "../../../core/cards/index.ts";
import type { BotIncoming, ChatBot, Leases } from "../../../core/ports/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import {
  type AibotSimulator,
  type AibotSimulatorOptions,
  startAibotSimulator,
} from "../../../fixtures/simulators/aibot/index.ts";
import { type CountedMetrics, countedMetrics } from "../../bot/workers/parts.ts";
import { type RecordingLog, recordingLog } from "../../support/log.ts";

export const clock = { nowMs: () => Date.now() };

/** A bot of one process, and what it heard. */
export interface Bot extends ChatBot {
  heard: BotIncoming[];
  log: RecordingLog;
  metrics: CountedMetrics;
}

/** WeCom's side, with what processes of one bot share. */
export interface BotWorld {
  sim: AibotSimulator;
  leases: Leases;
  /** Starts a process of the bot. */
  join(holder: string, config?: Partial<AibotConfig>, leases?: Leases): Bot;
}

/** Short times, so that what waits in life does not here. */
export const QUICK = { pingMs: 60, connectMs: 400, leaseMs: 400, renewMs: 40, pauseMs: 20 };

export async function openBotWorld(test: TestContext, options?: AibotSimulatorOptions): Promise<BotWorld> {
  const sim = await startAibotSimulator(options);
  const { leases, throttle } = openMemoryStore({ clock });
  const bots: ChatBot[] = [];
  test.after(async () => {
    await Promise.all(bots.map((bot) => bot.close()));
    await sim.close();
  });
  const join: BotWorld["join"] = (holder, config, own = leases) => {
    const log = recordingLog();
    const metrics = countedMetrics();
    const heard: BotIncoming[] = [];
    const renderCard: Parameters<typeof createAibot>[1]["renderCard"] = (view, { cardId, update }) =>
      checkedCard(view, { channel: "aibot", taskId: cardId, update });
    const given = { botId: sim.botId, secret: sim.secret, wsUrl: sim.url, ...QUICK, ...config };
    const bot = createAibot(given, { leases: own, throttle, holder, renderCard, clock, log, metrics });
    bots.push(bot);
    bot.start(async (incoming) => void heard.push(incoming));
    return { ...bot, heard, log, metrics };
  };
  return { sim, leases, join };
}

/** Waits until something is so; fails with what was waited for. */
export async function eventually<T>(what: string, look: () => T | null | undefined | false): Promise<T> {
  const endMs = Date.now() + 8_000;
  for (;;) {
    const seen = look();
    if (seen) return seen;
    if (Date.now() > endMs) throw new Error(`waited in vain for: ${what}`);
    await pause(5);
  }
}

export function live(bot: ChatBot): Promise<boolean> {
  return eventually("the bot to be connected", () => bot.status().state === "live");
}

/** A card with two buttons. */
export function aCard(overrides: Partial<ButtonsView> = {}): ButtonsView {
  return {
    ...{ source: "鲸 · shop", tone: "primary", title: "磁盘清理", subtitle: "磁盘将满", text: "等待授权" },
    rows: [{ label: "主机", value: "vm-1" }],
    buttons: [
      { key: "approve", text: "同意", tone: "primary" },
      { key: "reject", text: "拒绝", tone: "danger" },
    ],
    ...overrides,
  };
}

/** A group where somebody has mentioned the bot. */
export const GROUP = { kind: "group", chatId: "wrOpsGroup" } as const;
