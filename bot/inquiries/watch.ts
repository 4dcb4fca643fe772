import { LRUCache } from "lru-cache";
import { errorText } from "../../core/errors.ts";
import { questionId, shortId } from "../../core/ids/index.ts";
import { afterLooking, mootQuestion, type Question } from "../../core/inquiries/index.ts";
import type {
  Audit,
  Clock,
  Executor,
  Hint,
  Inquiry,
  Leases,
  Logger,
  Outbox,
  StateStore,
  TaskStore,
} from "../../core/ports/index.ts";
import { groupOfTask, isTerminal, type Task } from "../../core/tasks/index.ts";
import { startLoop } from "../workers/loop.ts";
import type { Viewer } from "../workers/viewing.ts";
import type { Answerer } from "./answerer.ts";
import { cardItem, changeQuestion, groupItems, showAgain, tellGroup, tellOne } from "./store.ts";

export interface InquiryWatchDeps {
  state: StateStore;
  tasks: Pick<TaskStore, "get" | "list" | "countByState">;
  outbox: Pick<Outbox, "add">;
  audit: Pick<Audit, "append">;
  executor: Pick<Executor, "inquiries" | "get">;
  answerer: Pick<Answerer, "deliver">;
  leases: Leases;
  /** Names this process in leases. */
  holder: string;
  clusters: () => readonly string[];
  view: Viewer;
  clock: Clock;
  log: Logger;
}

/** Notices what workflows of Whale ask. */
export interface InquiryWatch {
  /** A run stands so: one that is `pending` asks, and one that asked may have been answered. */
  hinted(hint: Pick<Hint, "executionId" | "status">): void;
  stop(): Promise<void>;
}

const LEASE = "inquiries";
const LEASE_MS = 60_000;
/** While a run is paused, which it is when it waits for people alone, or something is asked. */
const WAITING_MS = 5_000;
/** While other branches of a workflow may go on. */
const RUNNING_MS = 30_000;
/** A card can be changed no longer (reference/wecom.md 3.8). */
const KEPT_MS = 73 * 3_600_000;
const MOST_FOREIGN = 10_000;
/** A run may turn out to be a task's later: who adopts it, or runs it once more, names it afterwards. */
const FOREIGN_MS = 300_000;

/**
 * Asks the clusters what workflows ask, as long as a task of Whale runs: the stream's hints only make it sooner. Of
 * several processes one does. What was asked is kept before its card is sent, and an answer before the engine is told
 * of it, so that whatever is killed goes on from there.
 */
export function startInquiryWatch(deps: InquiryWatchDeps): InquiryWatch {
  const { leases, holder, clock, log } = deps;
  const foreign = new LRUCache<string, number>({ max: MOST_FOREIGN });
  const asking = new Set<string>();
  const held = { fence: 0 };
  const round = async () => {
    const lease = await leases.acquire(LEASE, holder, LEASE_MS);
    held.fence = lease.outcome === "held" ? lease.fence : 0;
    if (held.fence === 0) return { more: false, nextDueAtMs: null };
    const pauseMs = await lookAround({ ...deps, foreign, asking });
    return { more: false, nextDueAtMs: pauseMs === null ? null : clock.nowMs() + pauseMs };
  };
  const loop = startLoop({ name: "inquiries", clock, log, maxIdleMs: RUNNING_MS, round });
  return {
    hinted: ({ executionId, status }) => {
      if (status === "pending" || asking.has(executionId)) loop.wake();
    },
    stop: async () => {
      await loop.stop();
      // Where the store does not answer any more, the lease ends by itself.
      if (held.fence > 0) await leases.release(LEASE, held.fence).catch(() => false);
    },
  };
}

/** An executor whose hints are heard here too, beside whoever watches a cluster through it; all else is as it was. */
export function overheard<Engine extends Pick<Executor, "watch">>(
  executor: Engine,
  { hinted }: Pick<InquiryWatch, "hinted">,
): Engine {
  const watch: Executor["watch"] = (cluster, onHint, ...rest) => {
    const both = (hint: Hint) => {
      hinted(hint);
      onHint(hint);
    };
    return executor.watch(cluster, both, ...rest);
  };
  return { ...executor, watch };
}

interface Round extends InquiryWatchDeps {
  /** Questions of runs that no task of Whale has, and when that was found. */
  foreign: LRUCache<string, number>;
  /** Runs that ask people of Whale now. */
  asking: Set<string>;
}

/** One look at everything; how long until the next, null when nothing of Whale runs. */
export async function lookAround(round: Round): Promise<number | null> {
  const { state, tasks, clusters } = round;
  const open = (await Promise.all((await state.list("question")).map((one) => keptOpen(one, round)))).flat();
  const counts = await tasks.countByState();
  const [running = 0, paused = 0] = [counts.running, counts.paused];
  if (open.length === 0 && running + paused === 0) return null;
  round.asking.clear();
  for (const { inquiry } of open) round.asking.add(inquiry);
  for (const cluster of clusters()) await lookAt(cluster, open, round);
  return paused > 0 || round.asking.size > 0 ? WAITING_MS : RUNNING_MS;
}

/** A question that is still to be cared for; one whose card cannot be changed any more is forgotten. */
async function keptOpen(
  { name, revision, body }: { name: string; revision: number; body: Question },
  { state, clock }: Round,
): Promise<Question[]> {
  if (body.end === null) return [body];
  if (clock.nowMs() - (body.endedAtMs ?? 0) > KEPT_MS) await state.remove("question", name, revision);
  return [];
}

async function lookAt(cluster: string, open: readonly Question[], round: Round): Promise<void> {
  const known = open.filter((question) => question.cluster === cluster);
  try {
    const asked = await round.executor.inquiries(cluster);
    const isStarting = asked.length > 0 && (await startsOn(cluster, round));
    for (const inquiry of asked) await alone(inquiry, round, () => notice(inquiry, isStarting, round));
    for (const question of known) {
      await alone({ cluster, id: question.inquiry }, round, () => goOn(question, asked, round));
    }
  } catch (error) {
    round.log.warn({ cluster, reason: errorText(error) }, "inquiries could not be read");
  }
}

/** One that cannot be looked at holds up no other. */
async function alone(
  { cluster, id }: Pick<Inquiry, "cluster" | "id">,
  { log }: Round,
  look: () => Promise<void>,
): Promise<void> {
  try {
    await look();
  } catch (error) {
    log.warn({ cluster, inquiry: id, reason: errorText(error) }, "an inquiry could not be looked at");
  }
}

/** Whether a task may have a run there that it does not know yet. */
async function startsOn(cluster: string, { tasks }: Round): Promise<boolean> {
  const starting = await tasks.list({ states: ["starting", "unknown"], limit: 10_000 });
  return starting.some(({ start }) => start?.cluster === cluster);
}

/** Asks the people of the task whose run it belongs to; what no task of Whale started is nobody's business here. */
async function notice(inquiry: Inquiry, isStarting: boolean, round: Round): Promise<void> {
  const { state, foreign, clock } = round;
  const id = questionId(inquiry.cluster, inquiry.id);
  const nowMs = clock.nowMs();
  if (Math.abs(nowMs - (foreign.get(id) ?? Number.NEGATIVE_INFINITY)) < FOREIGN_MS) return;
  if ((await state.get("question", id)) !== null) return;
  const task = await taskOf(inquiry, round);
  if (!task && isStarting) return;
  if (!task || isTerminal(task.state)) return void foreign.set(id, nowMs);
  const { ttlMinutes } = inquiry;
  const group = groupOfTask(task);
  const question: Question = {
    ...{ id, cluster: inquiry.cluster, inquiry: inquiry.id, taskId: task.id, schema: inquiry.schema },
    ...{ users: inquiry.users, roles: inquiry.roles, askedAtMs: nowMs },
    untilMs: ttlMinutes === undefined ? null : nowMs + ttlMinutes * 60_000,
    ...{ card: { recipients: [], sentAtMs: null, codes: [] }, answer: null, refused: [] },
    ...(group === undefined ? {} : { inGroup: { group, sentAtMs: null } }),
    ...{ end: null, endedAtMs: null },
  };
  const put = await state.put({ kind: "question", name: id, expected: null, body: question });
  round.asking.add(inquiry.id);
  if (put.outcome === "conflict") return;
  await record("inquiry.ask", question, round);
  await round.outbox.add([cardItem(question, nowMs), ...groupItems(question, nowMs)]);
  round.log.info({ taskId: task.id, question: id, cluster: inquiry.cluster }, "a workflow asks people");
}

const DEEPEST = 20;

/** From the run that asks up to the one that was started, which names its task or is known to it. */
async function taskOf({ id, cluster }: Inquiry, { executor, tasks }: Round): Promise<Task | null> {
  let at = await executor.get(cluster, id);
  for (let depth = 0; at?.parent !== undefined && depth < DEEPEST; depth++) {
    at = await executor.get(cluster, at.parent);
  }
  if (!at) return null;
  const root = at.id;
  const named = at.requestId === undefined ? null : await tasks.get(at.requestId.replace(/-\d+$/, ""));
  if (named) return named;
  // A run that was adopted, or run once more, carries no request id.
  const followed = await tasks.list({ states: ["running", "paused"], limit: 10_000 });
  return followed.find((task) => task.execution?.id === root && task.execution.cluster === cluster) ?? null;
}

/** Does what is left to do about a question: sends its card, tells its answer, or notices that it is over. */
async function goOn(question: Question, asked: readonly Inquiry[], round: Round): Promise<void> {
  const { state, outbox, clock, tasks, executor, answerer } = round;
  const nowMs = clock.nowMs();
  if (question.card.sentAtMs === null) await outbox.add([cardItem(question, nowMs)]);
  if (question.inGroup?.sentAtMs === null) await outbox.add(groupItems(question, nowMs));
  if (question.answer) return void (await answerer.deliver(question.id));
  if (asked.some(({ id }) => id === question.inquiry)) {
    const task = await tasks.get(question.taskId);
    if (task && !isTerminal(task.state)) return;
    return over(await changeQuestion(question.id, (one) => mootQuestion(one, nowMs), state), round);
  }
  const run = await executor.get(question.cluster, question.inquiry);
  const status = run?.status ?? "unknown";
  return over(await changeQuestion(question.id, (one) => afterLooking(one, status, nowMs), state), round);
}

/** Nothing is asked any more: the card says so, and who was asked in vain is told. */
async function over(question: Question | null, round: Round): Promise<void> {
  if (!question) return;
  await record("inquiry.end", question, round);
  await showAgain(question.id, round);
  await tellGroup(question, round);
  if (question.end !== "lapsed") return;
  for (const to of question.card.recipients) {
    const { questions, joins } = (await round.view(null, [to])).texts;
    const text = joins.fact(`**${shortId(question.taskId)}** ${questions.title}`, questions.ends.lapsed);
    await tellOne({ key: `${question.id}:lapsed~${to}`, to, text }, round);
  }
}

async function record(
  what: "inquiry.ask" | "inquiry.end",
  { id, inquiry, cluster, taskId, end }: Question,
  { audit, clock }: Round,
): Promise<void> {
  const at = new Date(clock.nowMs()).toISOString();
  const detail = { question: id, execution: inquiry, cluster, ...(end === null ? {} : { end }) };
  await audit.append({ at, who: "whale", what, object: taskId, detail });
}
