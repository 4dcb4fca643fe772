import type { Context } from "koa";
import { errorText } from "../../core/errors.ts";
import type { BotStatus, Journal, Outbox, TaskStore } from "../../core/ports/index.ts";

/** One thing that people should know of, without stopping the process. */
export interface Warning {
  about: string;
  message: string;
}

export interface HealthDeps {
  journal: Journal;
  tasks: TaskStore;
  outbox: Outbox;
  warnings: () => Promise<Warning[]>;
  /** Makes a durable write, as every promise rests on one; rejects when that cannot be done. */
  checkStore: () => Promise<void>;
  /** What is so short that intake turns events away; null while it takes them. */
  pressureFault: () => string | null;
  /** Whether the process was told to end, so that a load balancer turns to others. */
  leaving: () => boolean;
  storeKind: "embedded" | "production";
  /** Bytes that the store takes. */
  storeBytes: () => number;
  /** How the AI bot's connection stands in this process; null without a bot. */
  botStatus?: () => BotStatus | null;
}

const LEAVING = "正在退出 (the process is about to end)";

/** `GET /readyz`: 200 while promise 1 can be kept: the store takes a durable write, and there is room for more. */
export async function handleReady(ctx: Context, deps: HealthDeps): Promise<void> {
  ctx.status = 503;
  const gone = deps.leaving() ? LEAVING : await storeFault(deps);
  if (gone !== null) {
    ctx.body = { ready: false, reason: gone };
    return;
  }
  // Of what grows short, the warnings may tell why: an archive that is away lets the journal grow.
  const warnings = await deps.warnings();
  const short = deps.pressureFault();
  if (short !== null) {
    ctx.body = { ready: false, reason: short, warnings };
    return;
  }
  ctx.status = 200;
  ctx.body = {
    ready: true,
    store: { kind: deps.storeKind, bytes: deps.storeBytes() },
    behind: { rules: await deps.journal.lag("rules"), archive: await deps.journal.lag("archive") },
    tasks: await deps.tasks.countByState(),
    outbox: await deps.outbox.depth(),
    ...botOf(deps),
    warnings,
  };
}

function botOf({ botStatus }: HealthDeps): Record<string, unknown> {
  const status = botStatus?.() ?? null;
  if (status === null) return {};
  const { state, sinceMs, why } = status;
  return { aibot: { state, since: new Date(sinceMs).toISOString(), ...(why === "" ? {} : { why }) } };
}

async function storeFault({ checkStore }: HealthDeps): Promise<string | null> {
  return checkStore().then(
    () => null,
    (error: unknown) => errorText(error),
  );
}
