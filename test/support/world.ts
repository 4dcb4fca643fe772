import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openStore, type SqliteStore } from "../../adapters/sqlite/index.ts";
import type { WhaleOptions } from "../../bot/wire.ts";
import { prepare, startWhale, type Whale } from "../../bot/wire.ts";
import type { StepObserver } from "../../bot/workers/index.ts";
import type { MachineSettings } from "../../core/tasks/index.ts";
import {
  type Row,
  type StackStormSimulator,
  startStackStormSimulator,
} from "../../fixtures/simulators/stackstorm/index.ts";
import { createVms } from "../../fixtures/simulators/vms.ts";
import {
  type CardView,
  type ClickOptions,
  type ClickResult,
  demoCompany,
  startWecomSimulator,
  type WecomSimulator,
} from "../../fixtures/simulators/wecom/index.ts";
import { NO_BUDGETS } from "./budgets.ts";
import { silentLog } from "./log.ts";
import { copySampleHome } from "./sample-home.ts";
import { tempFolder } from "./sqlite.ts";

export const FIXTURES = join(dirname(dirname(import.meta.dirname)), "fixtures");
export const API_KEY = "key-of-the-test-world-0001";
export const HOOK_TOKEN = "token-of-the-prometheus-source-0001";

/** The content of a file of the home, as YAML text or as data that is written as JSON. */
export type HomeFile = string | object;

export interface WorldOptions {
  /** Files beside the sample home, by their path in it, for example `rules/x.yaml`. */
  files?: Record<string, HomeFile>;
  settings?: Partial<MachineSettings>;
  /** Environment beside what the simulators ask for. */
  env?: Record<string, string>;
  onStep?: StepObserver;
  /** What does the work in the place of StackStorm. */
  engine?: NonNullable<WhaleOptions["engine"]>;
}

/** One line of the process's log. */
export type LoggedLine = Record<string, unknown> & { msg?: string };

/** Whale with everything around it played by simulators, on one clock that only jumps forward. */
export interface World {
  wecom: WecomSimulator;
  stackstorm: StackStormSimulator;
  /** Address of Whale as it runs now. */
  url(): string;
  home: string;
  vms: string;
  env: Record<string, string>;
  lines: LoggedLine[];
  /** Moves the time of all three on. Sleeping workers notice when something wakes them. */
  jump(byMs: number): void;
  write(path: string, file: HomeFile | null): void;
  /** Ends Whale; what it has stored stays. */
  stop(): Promise<void>;
  /** Starts Whale again on what is stored, with the home as it is now. */
  start(settings?: Partial<MachineSettings>): Promise<void>;
  /** Ends Whale and shows what it has stored. */
  stored<T>(look: (store: SqliteStore) => Promise<T>): Promise<T>;
}

/** Opens a world that closes after its test. */
export async function openWorld(test: TestContext, options: WorldOptions = {}): Promise<World> {
  const folder = tempFolder();
  const home = join(folder.path, "home");
  const vms = join(folder.path, "vms");
  let offsetMs = 0;
  const clock = { nowMs: () => Date.now() + offsetMs };
  copySampleHome(home);
  createVms(vms);
  const [stackstorm, wecom] = await Promise.all([
    startStackStormSimulator({ packsDir: join(FIXTURES, "packs"), vmsDir: vms, apiKey: API_KEY }),
    startWecomSimulator({
      ...{ clock, callbackTimeoutMs: 15_000, retries: 100, retryDelayMs: 200 },
      droppedPerMinute: 1000,
    }),
  ]);
  wecom.groups.addOwn("shopalerts", "商城告警", ["zhangsan", "lisi"]);
  let whale: Whale | null = null;
  const lines: LoggedLine[] = [];
  const env = { ...environmentOf(home, { wecom, stackstorm }), ...options.env };
  const logTo = { write: (line: string) => void lines.push(JSON.parse(line) as LoggedLine) };
  const { onStep, engine } = options;

  const world: World = {
    ...{ wecom, stackstorm, home, vms, env, lines },
    url: () => (whale ? `http://${whale.host}:${whale.port}` : "http://127.0.0.1:9"),
    jump: (byMs) => {
      offsetMs += byMs;
      void stackstorm.faults.set({ clockSkewMs: offsetMs });
    },
    write: (path, file) => writeHome(join(home, path), file),
    stop: async () => {
      await whale?.close();
      whale = null;
    },
    start: async (settings) => {
      const prepared = await prepare(env, home);
      if (prepared.outcome === "refused") throw new Error(prepared.message);
      const waiting = { ...options.settings, ...settings };
      whale = await startWhale({
        ...prepared,
        logTo,
        clock,
        settings: waiting,
        ...(onStep ? { onStep } : {}),
        ...(engine ? { engine } : {}),
      });
      wecom.setCallbackUrl(`${world.url()}/wecom/callback`);
    },
    stored: async (look) => {
      await world.stop();
      const store = openStore({ dataDir: join(home, "data"), clock, log: silentLog });
      return look(store).finally(() => store.close());
    },
  };
  test.after(async () => {
    // First StackStorm: what still waits for its answer ends with the connection.
    await stackstorm.close();
    await world.stop();
    await wecom.close();
    folder.remove();
  });
  for (const [path, file] of Object.entries(options.files ?? {})) world.write(path, file);
  await world.start();
  return world;
}

function environmentOf(
  home: string,
  { wecom, stackstorm }: Pick<World, "wecom" | "stackstorm">,
): Record<string, string> {
  return {
    HOST: "127.0.0.1",
    PORT: "0",
    WHALE_HOME: home,
    WECOM_API: wecom.url,
    WECOM_LOGIN: wecom.url,
    WECOM_CORP_ID: demoCompany.corpId,
    WECOM_SECRET: demoCompany.corpSecret,
    WECOM_AGENT_ID: String(demoCompany.agentId),
    WECOM_TOKEN: demoCompany.token,
    WECOM_AES_KEY: demoCompany.encodingAesKey,
    ...NO_BUDGETS,
    HZ_ST2_API: stackstorm.api,
    HZ_ST2_KEY: API_KEY,
    PROMETHEUS_HOOK_TOKEN: HOOK_TOKEN,
  };
}

function writeHome(path: string, file: HomeFile | null): void {
  if (file === null) {
    rmSync(path);
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  // JSON is YAML.
  writeFileSync(path, typeof file === "string" ? file : JSON.stringify(file));
}

/** Waits until something is there; fails with what was waited for and the end of the log. */
export async function until<T>(
  world: Pick<World, "lines"> & { patienceMs?: number },
  what: string,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
): Promise<T> {
  const endMs = Date.now() + (world.patienceMs ?? 20_000);
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > endMs) break;
    await pause(10);
  }
  const tail = world.lines.slice(-25).map((line) => JSON.stringify(line).slice(0, 300));
  throw new Error([`waited in vain for: ${what}`, ...tail].join("\n"));
}

/** Posts a body to a source. */
export function post(
  world: World,
  source: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers?: Record<string, string>,
): Promise<Response> {
  const given = headers ?? { "content-type": "application/json" };
  return fetch(`${world.url()}/hooks/${source}`, { method: "POST", body, headers: given });
}

/** A card in a member's chat. */
export interface SeenCard {
  user: string;
  cardId: string;
}

/** The cards of a member whose title holds a text, oldest first. */
export function cardsOf(world: World, user: string, title: string): CardView[] {
  const chat = world.wecom.chats()[user] ?? [];
  return chat.flatMap((item) => (item.kind === "card" && item.card.title.includes(title) ? [item.card] : []));
}

/** Waits for a card with this title that can be clicked. */
export function openCard(world: World, title: string, user = "zhangsan"): Promise<SeenCard> {
  return until(world, `an open card "${title}" for ${user}`, () => {
    const open = cardsOf(world, user, title).find((card) => card.greyed === null);
    return open?.taskId ? { user, cardId: open.taskId } : null;
  });
}

/** How a card looks now to the member who saw it. */
export function viewOf(world: World, { user, cardId }: SeenCard): CardView {
  const view = world.wecom.card(user, cardId);
  if (!view) throw new Error(`${user} has no card ${cardId}`);
  return view;
}

/** Everything that a card says now, as one text. */
export function textOfCard(world: World, card: SeenCard): string {
  return JSON.stringify(viewOf(world, card).card);
}

/** Waits until a card shows a text anywhere. */
export function cardShows(world: World, card: SeenCard, text: string): Promise<true> {
  return until(world, `the card to show "${text}"`, () => textOfCard(world, card).includes(text));
}

/** Waits until a card is closed, and returns the grey text. */
export function cardClosed(world: World, card: SeenCard): Promise<string> {
  return until(world, "the card to be closed", () => viewOf(world, card).greyed);
}

/** Clicks a button of a card; every delivery must have been answered with 200. */
export async function click(
  world: World,
  card: SeenCard,
  button: string,
  options?: ClickOptions,
): Promise<ClickResult> {
  const result = await world.wecom.click(card.user, card.cardId, button, options);
  const bad = result.deliveries.filter((delivery) => delivery.state !== "accepted");
  if (bad.length > 0) throw new Error(`the callback was not taken: ${JSON.stringify(bad)}`);
  return result;
}

/** The texts that a member got, oldest first. */
export function messagesOf(world: World, user: string): string[] {
  const chat = world.wecom.chats()[user] ?? [];
  return chat.flatMap((item) => (item.kind === "markdown" ? [item.text] : []));
}

/** Waits for a message to a member that holds all these texts. */
export function message(world: World, user: string, ...holding: string[]): Promise<string> {
  return until(world, `a message to ${user} with ${holding.join(" + ")}`, () =>
    messagesOf(world, user).find((text) => holding.every((part) => text.includes(part))),
  );
}

/** Whom a message could not reach is told to its asker at any moment; that answers nothing. */
function answersTo(world: World, user: string): string[] {
  return messagesOf(world, user).filter((text) => !text.includes("没能送达"));
}

/** Types a text to Whale and waits for the next message to that person. */
export async function ask(world: World, user: string, text: string): Promise<string> {
  const before = answersTo(world, user).length;
  await world.wecom.say(user, text);
  return until(world, `an answer to "${text}"`, () => answersTo(world, user)[before]);
}

/** The card that asks a member to confirm a command, once it is there. */
export function confirmCard(world: World, user: string): Promise<SeenCard> {
  return until(world, `a card that asks ${user} to confirm`, () => {
    const cards = cardsOf(world, user, "").filter((card) => card.greyed === null);
    const open = cards.findLast(({ taskId }) => taskId?.startsWith("c_"));
    return open?.taskId ? { user, cardId: open.taskId } : null;
  });
}

/** Types a command that is to be confirmed, confirms it, and waits for what is answered then. */
export async function askSurely(world: World, user: string, text: string): Promise<string> {
  await world.wecom.say(user, text);
  const card = await confirmCard(world, user);
  const before = answersTo(world, user).length;
  await click(world, card, "confirm");
  const answer = await until(world, `an answer to "${text}"`, () => answersTo(world, user)[before]);
  await cardClosed(world, card);
  return answer;
}

/** StackStorm's executions of one action, oldest first. */
export function runsOf(world: World, action: string): Row[] {
  return world.stackstorm.rows().filter((row) => row.action === action);
}

/** Waits for a line of the log whose fields are these. */
export function logged(world: World, fields: Record<string, unknown>): Promise<LoggedLine> {
  const fits = (line: LoggedLine) => Object.entries(fields).every(([key, value]) => line[key] === value);
  return until(world, `a log line ${JSON.stringify(fields)}`, () => world.lines.find(fits));
}

/** The value of a counter or gauge with exactly these labels; 0 when it is not there. */
export async function metric(
  world: Pick<World, "url">,
  name: string,
  labels: Record<string, string>,
): Promise<number> {
  const text = await (await fetch(`${world.url()}/metrics`)).text();
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const line = text.split("\n").find((one) => {
    return one.startsWith(`${name}{`) && wanted.every((part) => one.includes(part));
  });
  return Number(line?.split(" ").at(-1) ?? 0);
}
