import { ChatOpsError } from "../../core/errors.ts";
import { cardId, outboxKey } from "../../core/ids/index.ts";
import type { Question } from "../../core/inquiries/index.ts";
import { answersTo } from "../../core/outbox/index.ts";
import type { Clock, Outbox, OutboxItem, StateStore } from "../../core/ports/index.ts";

const MAX_TRIES = 8;

/** Changes a question as it is stored at this moment; null, and no change, where the change is null or it is gone. */
export async function changeQuestion(
  id: string,
  change: (question: Question) => Question | null,
  state: Pick<StateStore, "get" | "put">,
): Promise<Question | null> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const found = await state.get("question", id);
    const changed = found ? change(found.body) : null;
    if (!found || !changed) return null;
    const put = await state.put({ kind: "question", name: id, expected: found.revision, body: changed });
    if (put.outcome === "stored") return changed;
  }
  throw new ChatOpsError("the question keeps being changed by others", {
    code: "question.contended",
    retryable: true,
  });
}

/** The card of a question, to be sent. The same key again changes nothing while it waits. */
export function cardItem({ id }: Question, nowMs: number): OutboxItem {
  const body = { kind: "question" as const, question: id };
  return { key: outboxKey(id, "card", 1), taskId: `#${id}`, lane: 1, body, dueAtMs: nowMs };
}

/** Its card in the group of its task, to be shown there; none where there is no group. */
export function groupItems({ id, inGroup }: Question, nowMs: number): OutboxItem[] {
  if (!inGroup) return [];
  const body = { kind: "group_card" as const, group: inGroup.group, cardId: cardId(id, 1) };
  return [{ key: outboxKey(id, "group", 1), taskId: null, lane: 1, body, dueAtMs: nowMs }];
}

/** Tells its group what became of it, where it was asked there. */
export async function tellGroup(
  { id, inGroup, end }: Question,
  { outbox, clock }: { outbox: Pick<Outbox, "add">; clock: Clock },
): Promise<void> {
  if (!inGroup?.sentAtMs || end === null) return;
  const body = { kind: "group_state" as const, group: inGroup.group, cardId: cardId(id, 1) };
  const key = outboxKey(id, "group", 2);
  await outbox.add([{ key, taskId: null, lane: 2, body, dueAtMs: clock.nowMs() }]);
}

/** Shows a question's card as it is now. */
export async function showAgain(
  id: string,
  { outbox, clock }: { outbox: Pick<Outbox, "add">; clock: Clock },
): Promise<void> {
  const nowMs = clock.nowMs();
  const body = { kind: "question_update" as const, question: id };
  // In one place, so that one is shown after the other: an older look must not come last.
  const item = {
    key: outboxKey(id, "show", nowMs),
    taskId: `#${id}`,
    lane: 1 as const,
    body,
    dueAtMs: nowMs,
  };
  await outbox.add([item]);
}

/** Tells one person something about a question. The key says what, so that it is told once. */
export async function tellOne(
  { key, to, text }: { key: string; to: string; text: string },
  { outbox, clock }: { outbox: Pick<Outbox, "add">; clock: Clock },
): Promise<void> {
  const body = { kind: "answer" as const, to, text };
  await outbox.add([{ key: `answer:${key}`, taskId: answersTo(to), lane: 3, body, dueAtMs: clock.nowMs() }]);
}
