import type { Robot, TroubleCause, Troubles } from "../adapters/wecom/index.ts";
import { ChatOpsError, errorText } from "../core/errors.ts";
import type { People } from "../core/people/index.ts";
import type {
  ChatBot,
  Clock,
  Directory,
  Logger,
  Messenger,
  Metrics,
  StateStore,
} from "../core/ports/index.ts";
import {
  ADMIN_CAUSES,
  type AdminCause,
  type AdminTexts,
  adminTextsOf,
  type Language,
} from "../core/texts/index.ts";
import type { Warning } from "./http/index.ts";
import type { Languages } from "./languages/index.ts";
import { type Loop, startLoop } from "./workers/index.ts";

export interface AdminWatchDeps {
  troubles: Troubles;
  /** A small call, by which WeCom shows that it answers again; what becomes of it is told by `troubles`. */
  askWecom: () => Promise<unknown>;
  /** How the AI bot stands; null where there is none. */
  bot: Pick<ChatBot, "status"> | null;
  /** Who is told by the app; null when nobody is named. */
  admin: People | null;
  /** Who tells it when the app cannot; null when there is none. */
  robot: Robot | null;
  messenger: Pick<Messenger, "sendText">;
  directory: Pick<Directory, "expand">;
  state: StateStore;
  /** What the robot writes in. */
  language: Language;
  languages: Pick<Languages, "apart" | "of">;
  /** Makes text of others plain in the channel's markup. */
  plain: (text: string) => string;
  clock: Clock;
  log: Logger;
  metrics: Pick<Metrics, "gauge">;
}

/** Tells the administrator what only a person can end, once per cause and hour, and when it is over. */
export interface AdminWatch {
  /** The troubles that last, and that WeCom does not answer: nobody can be told of that in WeCom. */
  warnings(): Warning[];
  /** Takes what WeCom tells the app about itself; other events are none of its business. */
  onEvent(event: string): Promise<void>;
  /** Looks from time to time. */
  start(): Loop;
}

const ROUND_MS = 5_000;
const ASK_MS = 30_000;
const AGAIN_MS = 3_600_000;
/** When neither the app nor the robot could tell it. */
const RETRY_MS = 300_000;
/** One that nobody renewed for this long is of a process that is gone. */
const STALE_MS = AGAIN_MS + 300_000;

/** With these no message of the app arrives, so that it is not even tried. */
const APP_IS_DOWN: readonly AdminCause[] = [
  "bad_credentials",
  "token_blocked",
  "ip_not_trusted",
  "app_disabled",
  "bad_agent",
  "close_inactive_agent",
];

export function adminWatch(deps: AdminWatchDeps): AdminWatch {
  const { clock, log } = deps;
  /** What this process told and has not taken back. */
  const told = new Set<AdminCause>();
  const round = async () => {
    gauge(deps);
    await askAgain(deps);
    for (const { cause, message } of lasting(deps)) await raise(cause, message, { ...deps, told });
    await endWhatIsOver({ ...deps, told });
    return { more: false, nextDueAtMs: clock.nowMs() + ROUND_MS };
  };
  return {
    warnings: () => [...deps.troubles.current().map(warningOf), ...silenceWarnings(deps.troubles)],
    onEvent: async (event) => {
      if (event === "inactive_alert" || event === "close_inactive_agent") {
        await raise(event, "", { ...deps, told });
      } else if (event === "reopen_inactive_agent") {
        for (const cause of ["close_inactive_agent", "inactive_alert"] as const)
          await end(cause, { ...deps, told });
      }
    },
    start: () => startLoop({ name: "admin", clock, log, maxIdleMs: ROUND_MS, round }),
  };
}

type Watching = AdminWatchDeps & { told: Set<AdminCause> };

/** What keeps the app from working, and the AI bot's refusal: it stops by itself, so that nothing but a person ends it. */
function lasting({ troubles, bot }: AdminWatchDeps): { cause: AdminCause; message: string }[] {
  const status = bot?.status();
  if (status?.state !== "stopped") return troubles.current();
  return [...troubles.current(), { cause: "aibot_refused", message: status.why }];
}

function gauge(deps: AdminWatchDeps): void {
  const { metrics } = deps;
  const current = new Set<string>(lasting(deps).map(({ cause }) => cause));
  for (const cause of ADMIN_CAUSES) metrics.gauge("wecom_trouble", current.has(cause) ? 1 : 0, { cause });
}

function warningOf({ cause, sinceMs, message }: ReturnType<Troubles["current"]>[number]): Warning {
  const [zh, en] = [adminTextsOf("zh"), adminTextsOf("en")].map((texts) => texts.causes[cause]);
  const since = new Date(sinceMs).toISOString();
  return { about: "wecom", message: `${cause}: ${zh?.what} (${en?.what}); since ${since}: ${message}` };
}

/** What any call that works disproves. Of an app that is switched off WeCom still tells, so that this proves nothing. */
const ENDED_BY_ANY: readonly TroubleCause[] = ["bad_credentials", "token_blocked", "ip_not_trusted"];

/** Else a warning would stand until this process has something to send, which one without workers never has. */
async function askAgain({ troubles, askWecom, clock }: AdminWatchDeps): Promise<void> {
  const silence = troubles.silence();
  const open = troubles.current().filter(({ cause }) => ENDED_BY_ANY.includes(cause));
  const met = [...open, ...(silence ? [silence] : [])].map(({ lastMs }) => lastMs);
  if (met.length === 0 || Math.abs(clock.nowMs() - Math.max(...met)) < ASK_MS) return;
  // The troubles took note of what it met.
  await askWecom().catch(() => undefined);
}

function silenceWarnings(troubles: Troubles): Warning[] {
  const silence = troubles.silence();
  if (silence === null) return [];
  const since = new Date(silence.sinceMs).toISOString();
  const message = `没有可用的应答，消息和卡片在等 (no usable answer, messages and cards wait); since ${since}: ${silence.message}`;
  return [{ about: "wecom", message }];
}

const nameOf = (cause: AdminCause) => `admin:${cause}`;

async function noticeOf({ state }: AdminWatchDeps, cause: AdminCause) {
  return (await state.list("notice")).find(({ name }) => name === nameOf(cause));
}

/** Of several processes the one that stores the notice tells it. */
async function raise(cause: AdminCause, said: string, deps: Watching): Promise<void> {
  const { state, clock, log, plain, told } = deps;
  const nowMs = clock.nowMs();
  const before = await noticeOf(deps, cause);
  if (before && Math.abs(nowMs - Date.parse(before.body.at)) < AGAIN_MS) return;
  const claim = { kind: "notice" as const, name: nameOf(cause), expected: before?.revision ?? null };
  const stored = await state.put({ ...claim, body: { at: new Date(nowMs).toISOString() } });
  if (stored.outcome === "conflict") return;
  log.error({ cause, said }, "WeCom needs its administrator");
  const write = (texts: AdminTexts) => texts.alert({ ...texts.causes[cause], said: plain(said) });
  const by = await tell(write, cause, deps);
  if (by !== null) {
    told.add(cause);
    return;
  }
  const at = new Date(nowMs - AGAIN_MS + RETRY_MS).toISOString();
  await state.put({ ...claim, expected: stored.document.revision, body: { at } });
}

async function endWhatIsOver(deps: Watching): Promise<void> {
  const { state, troubles, clock, told } = deps;
  const goodMs = troubles.lastGoodMs();
  if (goodMs === null) return;
  const current = lasting(deps).map(({ cause }) => nameOf(cause));
  for (const { name, body } of await state.list("notice")) {
    const cause = ADMIN_CAUSES.find((one) => nameOf(one) === name);
    if (cause === undefined || cause === "inactive_alert" || current.includes(name)) continue;
    const toldMs = Date.parse(body.at);
    // Another process may still have it; one that is gone no longer renews what it told.
    const ours = told.has(cause) || clock.nowMs() - toldMs > STALE_MS;
    if (ours && goodMs > toldMs) await end(cause, deps);
  }
}

async function end(cause: AdminCause, deps: Watching): Promise<void> {
  const { state, log, told } = deps;
  const notice = await noticeOf(deps, cause);
  told.delete(cause);
  if (!notice || !(await state.remove("notice", notice.name, notice.revision))) return;
  log.info({ cause }, "WeCom no longer needs its administrator");
  await tell((texts) => texts.over(texts.causes[cause].what), null, deps);
}

/** By the app, or by the robot when the app cannot; null when neither could. */
async function tell(
  write: (texts: AdminTexts) => string,
  cause: AdminCause | null,
  deps: AdminWatchDeps,
): Promise<"app" | "robot" | null> {
  const { robot, log, language } = deps;
  const appMay = deps.admin !== null && (cause === null || !APP_IS_DOWN.includes(cause));
  if (appMay && (await attempt("app", () => byApp(write, deps), log))) return "app";
  if (robot === null) return null;
  const texts = adminTextsOf(language);
  const more = deps.admin === null ? "" : `\n${texts.byRobot}`;
  return (await attempt("robot", () => robot.send(`${write(texts)}${more}`), log)) ? "robot" : null;
}

/** To each in the language that they read. */
async function byApp(write: (texts: AdminTexts) => string, deps: AdminWatchDeps): Promise<void> {
  const { admin, directory, messenger, languages } = deps;
  let reached = 0;
  for (const recipients of await languages.apart(await directory.expand(admin ?? {}))) {
    const markdown = write(adminTextsOf(await languages.of(recipients)));
    const { unreachable } = await messenger.sendText({ recipients, markdown, dropRepeat: false });
    reached += recipients.length - unreachable.length;
  }
  if (reached > 0) return;
  throw new ChatOpsError("nobody of ADMIN could be reached", { code: "admin.unreachable" });
}

async function attempt(by: string, send: () => Promise<void>, log: Logger): Promise<boolean> {
  try {
    await send();
    return true;
  } catch (error) {
    log.warn({ by, reason: errorText(error) }, "the administrator could not be told this way");
    return false;
  }
}
