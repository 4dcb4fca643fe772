import { deciders } from "../../core/approvals/index.ts";
import type { Batch, BatchTally } from "../../core/batches/index.ts";
import { batchToldText } from "../../core/cards/index.ts";
import type { StateStore, TaskStore } from "../../core/ports/index.ts";
import type { Decision } from "../../core/tasks/index.ts";
import type { Texts } from "../../core/texts/index.ts";
import { type StandingDeps, standingOf } from "../chat/standing.ts";
import type { Advancer } from "../workers/advance.ts";

export interface BatchReasonDeps extends StandingDeps {
  state: Pick<StateStore, "list">;
  tasks: Pick<TaskStore, "get">;
  advancer: Pick<Advancer, "advance">;
}

/**
 * Gives one reason to every task of a batch at which this person's click waits for one. Null where what they typed is
 * the beginning of no batch's id, or of several.
 */
export async function giveBatchReason(
  { typed, by, text, key }: { typed: string; by: string; text: string; key: string },
  texts: Texts,
  deps: BatchReasonDeps,
): Promise<string | null> {
  const prefix = `b_${typed.replace(/^b_/, "")}`;
  const found = (await deps.state.list("batch")).filter(({ name }) => name.startsWith(prefix));
  const [only, ...others] = found;
  if (!only || others.length > 0 || prefix === "b_") return null;
  const { verdict, tally } = await give(only.body, { by, text, key }, deps);
  return verdict === null
    ? texts.refusals.no_reason_awaited
    : batchToldText({ id: only.name, verdict }, tally, texts);
}

async function give(
  { members }: Batch,
  { by, text, key }: { by: string; text: string; key: string },
  deps: BatchReasonDeps,
): Promise<{ verdict: Decision["verdict"] | null; tally: BatchTally }> {
  const tally = new Map<BatchTally extends ReadonlyMap<infer Key, number> ? Key : never, number>();
  let verdict: Decision["verdict"] | null = null;
  for (const { id } of members) {
    const task = await deps.tasks.get(id);
    const awaited = task?.awaitedReasons.find((one) => one.by === by && one.round === task.round);
    if (!task || !awaited) continue;
    verdict = awaited.verdict;
    const now = await standingOf(by, deciders(task), deps);
    const given = { kind: "reason" as const, by, ...now, text, key: `${key}:${id}` };
    const { reason } = await deps.advancer.advance(task, given);
    tally.set(reason, (tally.get(reason) ?? 0) + 1);
  }
  return { verdict, tally };
}
