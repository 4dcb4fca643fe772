import { type BatchCard, type BatchTally, lastHeld } from "../batches/index.ts";
import { shortId } from "../ids/index.ts";
import type { RefusalReason, Task } from "../tasks/index.ts";
import type { Texts } from "../texts/index.ts";
import { type ButtonsView, type CardView, withoutSecrets } from "./card.ts";
import { chooseCard, type GroupTasks, groupCard, settledGroupCard } from "./group-card.ts";
import { lastOfHold } from "./hold-text.ts";
import type { Viewing } from "./viewing.ts";

/** How a batch's card looks for its tasks as they are now. */
export function batchCard(card: BatchCard, tasks: readonly Task[], viewing: Viewing): CardView {
  // One stands for what looks like a secret in all of them.
  const runs = tasks.map(viewing.shown).filter(({ hasSecrets }, index) => index === 0 || hasSecrets);
  return withoutSecrets(viewOf(card, tasks, viewing), (text) => {
    return runs.reduce((shown, { hide }) => hide(shown), text);
  });
}

function viewOf(card: BatchCard, tasks: readonly Task[], viewing: Viewing): CardView {
  const all = someOf(tasks);
  if (!all) return emptyCard(viewing.texts);
  // What it tells of a hold is the last that it tells: another card follows.
  const isLast = card.sentAtMs !== null && card.codes.length === 0 && lastHeld(tasks) !== undefined;
  if (card.purpose === "ask")
    return isLast ? lastOfHold(groupCard(all, viewing), viewing) : groupCard(all, viewing);
  const open = someOf(tasks.filter(({ state }) => state === "pending_approval"));
  return open && card.purpose === "choose" ? chooseCard(open, viewing) : settledGroupCard(all, viewing);
}

function someOf([first, ...others]: readonly Task[]): GroupTasks | null {
  return first ? [first, ...others] : null;
}

/** Its tasks ended so long ago that they are forgotten. */
function emptyCard({ brand, batch: { closed } }: Texts): ButtonsView {
  return {
    ...{ source: brand, tone: "neutral", title: closed, subtitle: "", text: "" },
    ...{ rows: [], buttons: [], closed },
  };
}

/** What is told to who has clicked on a batch's card: how many came out how. */
export function batchToldText(
  { id, verdict }: { id: string; verdict: "approve" | "reject" },
  tally: BatchTally,
  texts: Texts,
): string {
  const did = DONE[verdict].reduce((sum, reason) => sum + (tally.get(reason) ?? 0), 0);
  const counted = (tally.get("approved_by_person") ?? 0) + (tally.get("rejection_counted") ?? 0);
  const reasons = tally.get("reason_asked") ?? 0;
  const lines = [verdict === "approve" ? texts.batch.approved(did) : texts.batch.rejected(did)];
  if (counted > 0) lines.push(texts.batch.counted(counted));
  if (reasons > 0) lines.push(texts.batch.reasons(reasons, shortId(id)));
  for (const [reason, count] of tally) {
    const text = (texts.refusals as Partial<Record<string, string>>)[reason];
    if (text !== undefined) lines.push(texts.batch.refused(count, text));
  }
  return lines.join("\n");
}

const DONE = { approve: ["quorum_reached"], reject: ["rejected_by_person"] } as const;

/** Why a click on a batch's card did nothing. */
export function batchRefusedText(reason: RefusalReason | "nothing_open", texts: Texts): string {
  return reason === "nothing_open" ? texts.batch.nothingOpen : texts.refusals[reason];
}
