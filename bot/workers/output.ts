import { outputFile } from "../../core/outbox/index.ts";
import type { Clock, Metrics, Outbox, OutboxClaim, OutboxItem } from "../../core/ports/index.ts";
import type { Task } from "../../core/tasks/index.ts";
import { budgetShort, type Channel } from "./channel.ts";
import type { Viewer } from "./viewing.ts";

export interface OutputDeps {
  outbox: Pick<Outbox, "settle" | "replace">;
  channel: Pick<Channel, "file">;
  view: Viewer;
  clock: Clock;
  metrics: Metrics;
}

/** The file to come after a result. */
interface Output {
  task: Task;
  to: readonly string[];
}

/** After this the file is left out: in a storm results are worth more, and the output can still be asked for. */
const KEEP_MS = 10 * 60_000;

/** What is sent after a result whose output is longer than a message. */
export function outputItem(after: OutboxClaim, { task, to }: Output): OutboxItem {
  const body = { kind: "output" as const, to };
  return { key: `${after.key}~output`, taskId: task.id, lane: 4, body, dueAtMs: after.dueAtMs };
}

/** Sends the whole output of a task to those whose budget holds it, and keeps it for the others. */
export async function deliverOutput(
  claim: OutboxClaim,
  { task, to }: Output,
  deps: OutputDeps,
): Promise<void> {
  const { outbox, channel, clock, metrics } = deps;
  const file = outputFile(task, await deps.view(task, to));
  const old = clock.nowMs() - claim.createdAtMs > KEEP_MS;
  if (old) metrics.count("outbox_dropped", { kind: "output", reason: "outbox.too_late" });
  if (file === null || old) return void (await outbox.settle(claim.key, claim.fence));
  const { short, untilMs } = await channel.file(claim, { recipients: to, ...file });
  if (short.length === 0) return void (await outbox.settle(claim.key, claim.fence));
  if (short.length === to.length) throw budgetShort(untilMs - clock.nowMs());
  const body = { kind: "output" as const, to: short };
  const rest = { key: `${claim.key}~`, taskId: task.id, lane: claim.lane, body, dueAtMs: untilMs };
  await outbox.replace(claim.key, claim.fence, [rest]);
}
