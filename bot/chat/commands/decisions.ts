import { deciders } from "../../../core/approvals/index.ts";
import { type MessageViewing, replyText } from "../../../core/cards/index.ts";
import { taskLine } from "../../../core/commands/index.ts";
import { shortId } from "../../../core/ids/index.ts";
import { peopleText } from "../../../core/people/index.ts";
import type { Clock, Directory, StateStore, TaskStore } from "../../../core/ports/index.ts";
import {
  type Click,
  type MachineSettings,
  type StepResult,
  step,
  type Task,
  type Written,
} from "../../../core/tasks/index.ts";
import { giveBatchReason } from "../../batches/reasons.ts";
import { naming } from "../../names.ts";
import { countStopped, type StopKeeper } from "../../stops/index.ts";
import type { Advancer, Viewer } from "../../workers/index.ts";
import type { Asked, ChatCommands, Prepared } from "../command.ts";
import { meantTask } from "../find-task.ts";
import { type StandingDeps, standingOf, standings } from "../standing.ts";
import type { TaskAccessDeps } from "../task-access.ts";

export interface DecisionDeps extends StandingDeps, TaskAccessDeps {
  directory: Pick<Directory, "vouch" | "expand" | "nameOf">;
  tasks: Pick<TaskStore, "findByPrefix" | "list" | "get">;
  advancer: Pick<Advancer, "advance">;
  /** Batches, whose many tasks may wait for one reason. */
  state: Pick<StateStore, "list">;
  stops: Pick<StopKeeper, "refresh" | "current">;
  settings: MachineSettings;
  view: Viewer;
  clock: Clock;
}

/** Approvals and rejections by message. The machine judges them exactly as clicks, their person looked up now. */
export function decisionCommands(deps: DecisionDeps): Pick<ChatCommands, "approve" | "reject" | "reason"> {
  return {
    approve: {
      prepare: (asked) =>
        asked.args.task === "all" ? askAll(asked, deps) : Promise.resolve({ outcome: "straight" }),
      run: (asked) =>
        asked.args.task === "all" ? approveAll(asked, deps) : decideOne(asked, "approve", deps),
    },
    reject: { run: (asked) => decideOne(asked, "reject", deps) },
    reason: { run: (asked) => giveReason(asked, deps) },
  };
}

async function decideOne(asked: Asked, kind: "approve" | "reject", deps: DecisionDeps): Promise<string> {
  const { args, by, key } = asked;
  const found = await meantTask(asked, deps);
  if (found.outcome === "answered") return found.text;
  const standing = await standingOf(by, deciders(found.task), deps);
  const click = typedClick(found.task, { by, ...standing, clickKey: key }, { reason: args.text ?? "" });
  const result = await deps.advancer.advance(found.task, { kind, click });
  const viewing = await deps.view(result.task, [asked.by]);
  const mayDecide = deciders(result.task).flatMap(({ people }) => people.users ?? []);
  if (result.reason === "quorum_reached") {
    const isHeld = (await countStopped([result.task], deps.stops)) > 0;
    return `${taskLine(result.task, viewing)}\n${viewing.texts.commands.approved(isHeld)}`;
  }
  return decidedText(result, click, await naming(viewing, mayDecide, deps.directory));
}

/** A click on the card that asks now; the machine knows by `written` that no card was touched. */
function typedClick(task: Task, click: Omit<Click, "cardNo" | "written">, typed: Omit<Written, "on">): Click {
  return { ...click, cardNo: task.cards.at(-1)?.no ?? 0, written: { on: "chat", ...typed } };
}

function decidedText(result: StepResult, { clickKey }: Click, viewing: MessageViewing): string {
  const { task, reason, outcome } = result;
  const { texts } = viewing;
  const withLine = (words: string) => `${taskLine(task, viewing)}\n${words}`;
  // The same message again, because its answer was lost.
  const isAgain = outcome === "refused" && task.decisions.some((one) => one.clickKey === clickKey);
  if (isAgain) return withLine(texts.commands.decidedBefore);
  if (reason === "rejected_by_person") return withLine(texts.commands.rejected);
  if (reason === "approved_by_person") return replyText(task, "approval_counted", viewing);
  if (reason === "rejection_counted" || reason === "reason_asked") return replyText(task, reason, viewing);
  if (outcome === "moved") return taskLine(task, viewing);
  // Who has nothing to do with it is told nothing of what it is.
  if (NOT_THEIRS.includes(reason))
    return `**${shortId(task.id)}** ${texts.refusals[reason]}\n${whoMay(task, viewing)}`;
  return replyText(task, reason, viewing);
}

const NOT_THEIRS: readonly string[] = [
  "not_entitled",
  "inactive_person",
  "unknown_person",
  "duty_unknown",
  "group_gone",
];

function whoMay(task: Task, { plain, texts, nameOf }: MessageViewing): string {
  const people = deciders(task).map((one) => peopleText(one.people, nameOf));
  return texts.commands.whoMayDecide(plain(people.join(" ")));
}

/** Carries out `reason TASK TEXT`: what its person clicked before counts from now on, with the reason. */
async function giveReason(asked: Asked, deps: DecisionDeps): Promise<string> {
  const { args, by, key } = asked;
  const found = await meantTask(asked, deps);
  if (found.outcome === "answered") {
    const { texts } = asked.viewing;
    const meant = { typed: args.task ?? "", by, text: args.text ?? "", key };
    return (await giveBatchReason(meant, texts, deps)) ?? found.text;
  }
  // Looked up anew: who may no longer decide when the reason comes decides nothing.
  const now = await standingOf(by, deciders(found.task), deps);
  const given = { kind: "reason" as const, by, ...now, text: args.text ?? "", key };
  const result = await deps.advancer.advance(found.task, given);
  return replyText(result.task, reasonAbout(result, key), await deps.view(result.task, [asked.by]));
}

function reasonAbout({ outcome, reason, task }: StepResult, key: string): Parameters<typeof replyText>[1] {
  if (outcome === "moved") {
    if (reason === "approved_by_person") return "approval_counted";
    return reason === "rejection_counted" ? "rejection_counted" : "reason_taken";
  }
  return task.seenClicks.includes(key) ? "reason_taken" : reason;
}

/** So many are approved at once: each is one durable write. */
const MOST_AT_ONCE = 500;
const MOST_LOOKED_AT = 5_000;
const SHOWN = 20;

/** All that this person could approve now, listed to be confirmed; what needs more than a yes is left out. */
async function askAll({ by, args, key, viewing }: Asked, deps: DecisionDeps): Promise<Prepared> {
  const { commands } = viewing.texts;
  const pending = await deps.tasks.list({ states: ["pending_approval"], limit: MOST_LOOKED_AT });
  const standing = standings(by, deps);
  const open: Task[] = [];
  let skipped = 0;
  for (const task of pending) {
    const click = typedClick(
      task,
      { by, ...(await standing(task)), clickKey: key },
      { reason: args.text ?? "" },
    );
    const judged = step(
      task,
      { kind: "approve", click },
      { nowMs: deps.clock.nowMs(), settings: deps.settings },
    );
    const isCounted = judged.reason === "quorum_reached" || judged.reason === "approved_by_person";
    if (isCounted) open.push(task);
    else if (judged.reason === "reason_asked" || judged.reason === "choice_missing") skipped += 1;
  }
  const chosen = open.toReversed().slice(0, MOST_AT_ONCE);
  if (chosen.length === 0) return { outcome: "answer", text: commands.nothingToApprove };
  const left = open.length - chosen.length;
  const [head, ...notes] = commands.approveAll({ count: chosen.length, left, skipped }).split("\n");
  const lines = chosen.slice(0, SHOWN).map((task) => taskLine(task, viewing));
  const unshown = chosen.length - lines.length;
  const text = [head, ...lines, ...(unshown > 0 ? [viewing.texts.coalesced(unshown)] : []), ...notes].join(
    "\n",
  );
  const about = chosen.map(({ id, hash }) => ({ id, hash }));
  return { outcome: "ask", facts: allFacts(chosen, viewing), args, about, text };
}

function allFacts(tasks: readonly Task[], { texts }: MessageViewing) {
  const rules = Map.groupBy(tasks, ({ title }) => title);
  const rows = [...rules].slice(0, 5).map(([title, some]) => ({ label: `${some.length} ×`, value: title }));
  const title = texts.commands.confirm.approveAllTitle(tasks.length);
  return { title, rows, text: texts.commands.confirm.approveAll };
}

/** Approves what was shown and confirmed, each by itself; what has changed since is told. */
async function approveAll({ by, args, key, about, viewing }: Asked, deps: DecisionDeps): Promise<string> {
  const { texts } = viewing;
  const standing = standings(by, deps);
  const [approved, failed] = [[] as Task[], new Map<string, string[]>()];
  let counted = 0;
  for (const { id, hash } of about) {
    const task = await deps.tasks.get(id);
    if (!task) continue;
    const facts = { by, ...(await standing(task)), clickKey: `${key}:${id}` };
    const click = typedClick(task, facts, { reason: args.text ?? "", hash });
    const result = await deps.advancer.advance(task, { kind: "approve", click });
    const isMine = result.task.decisions.some((one) => one.clickKey === click.clickKey);
    if (isMine && result.task.state === "pending_approval") counted += 1;
    else if (isMine) approved.push(result.task);
    else if (result.outcome === "refused") {
      const why =
        result.reason === "other_content" ? texts.commands.changedSince : texts.refusals[result.reason];
      failed.set(why, [...(failed.get(why) ?? []), shortId(id)]);
    }
  }
  const faults = [...failed].map(([why, ids]) => {
    return texts.commands.notApproved({
      count: ids.length,
      why: texts.joins.aside(why, ids.slice(0, SHOWN).join(" ")),
    });
  });
  const held = await countStopped(approved, deps.stops);
  const done = texts.commands.approvedAll({ approved: approved.length, counted, held });
  return [done, ...faults].join("\n");
}
