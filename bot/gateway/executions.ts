import {
  bilingual,
  heldExecution,
  isExecutionId,
  isMinted,
  isOfGateway,
  mintedId,
  taskIdOf,
  taskPrefixOf,
} from "../../core/gateway/index.ts";
import type { ShowRun } from "../../core/pages/index.ts";
import { inScope, objectOfTask } from "../../core/people/index.ts";
import type { Task } from "../../core/tasks/index.ts";
import { textsOf } from "../../core/texts/index.ts";
import { fault, giveOn, noAnswer } from "./answers.ts";
import { readFrom, requestOf, type Seen, seenBy, send } from "./ask.ts";
import type { Ask, GatewayParts, Owner } from "./parts.ts";

/** What an id stands for, as far as the caller may know. */
export type Found =
  | { outcome: "execution"; cluster: string; id: string; task: Task | null }
  /** A task that has no execution, or none yet. */
  | { outcome: "held"; task: Task }
  /** Has been answered. */
  | { outcome: "answered" };

const ANSWERED: Found = { outcome: "answered" };

/** Finds what an id stands for. What the caller may not see is not there. */
export async function findExecution(ask: Ask, id: string, parts: GatewayParts): Promise<Found> {
  if (!isExecutionId(id)) return unknown(ask, id);
  if (isMinted(id)) return findMinted(ask, id, parts);
  const seen = seenBy(ask, parts);
  if (!seen) return ANSWERED;
  const owner = parts.owners.get(id) ?? (await search(id, { ask, seen, parts }));
  if (owner === "answered") return ANSWERED;
  const at = seen.find(({ name }) => name === owner?.cluster);
  if (!owner || !at) return unknown(ask, id);
  const task = owner.taskId === null ? null : await parts.tasks.get(owner.taskId);
  const isSeen = at.view === "all" || (task !== null && inScope(ask.scope, objectOfTask(task)));
  return isSeen ? { outcome: "execution", cluster: at.name, id, task } : unknown(ask, id);
}

function unknown({ ctx }: Ask, id: string): Found {
  const shown = id.slice(0, 64);
  fault(ctx, 404, bilingual(`没有执行 ${shown}`, `Unable to identify resource with id "${shown}".`));
  return ANSWERED;
}

async function findMinted(ask: Ask, id: string, { tasks }: GatewayParts): Promise<Found> {
  const task = (await tasks.findByPrefix(taskPrefixOf(id), 5)).find((one) => mintedId(one.id) === id);
  if (!task || !inScope(ask.scope, objectOfTask(task))) return unknown(ask, id);
  if (!task.execution) return { outcome: "held", task };
  return { outcome: "execution", cluster: task.execution.cluster, id: task.execution.id, task };
}

interface Searching {
  ask: Ask;
  seen: readonly Seen[];
  parts: GatewayParts;
}

/** Asks all clusters at once which has it; null when each says that it has not. */
async function search(id: string, { ask, seen, parts }: Searching): Promise<Owner | "answered" | null> {
  const request = requestOf(ask, { ...LOOK, path: `/v1/executions/${id}` });
  const missing: string[] = [];
  const looks = seen.map(async ({ name }) => {
    const read = await readFrom(name, request, parts);
    if (read.outcome === "ok") return { cluster: name, taskId: taskIdOf(read.body) };
    if (read.outcome === "none" || read.status !== 404) missing.push(name);
    throw new Error("not here");
  });
  const owner = await Promise.any(looks).catch(() => null);
  if (owner) parts.owners.set(id, owner);
  if (owner || missing.length === 0) return owner;
  noAnswer(ask.ctx, missing);
  return "answered";
}

const LOOK = { service: "api", method: "GET", query: "include_attributes=id,context" } as const;

/** Everything that is read of one execution. */
export async function readExecution(ask: Ask, parts: GatewayParts): Promise<void> {
  const { id = ask.match.params["inquiry_id"] ?? "" } = ask.match.params;
  const found = await findExecution(ask, id, parts);
  if (found.outcome === "held") answerHeld(ask, found.task, parts);
  else if (found.outcome === "execution") await passOn(ask, id, { found, parts });
}

/** Hands on what the cluster of an execution says, under the id that was asked for. */
export async function passOn(
  ask: Ask,
  id: string,
  { found, parts }: { found: Extract<Found, { outcome: "execution" }>; parts: GatewayParts },
): Promise<void> {
  const path = ask.path.replace(id, found.id);
  const answer = await send(found.cluster, requestOf(ask, { path }), parts);
  if (!answer) return noAnswer(ask.ctx, [found.cluster]);
  const shown = found.task && isMinted(id) ? mintedId(found.task.id) : id;
  giveOn(ask.ctx, answer, { cluster: found.cluster, renaming: { real: found.id, shown } });
}

/** Where a task stands, in both languages, with what was said of it. */
export function whyOf({ state, message }: Task): string {
  const words = bilingual(textsOf("zh").states[state], textsOf("en").states[state]);
  return message === undefined ? words : `${words}: ${message}`;
}

/** The execution that stands for a task until it has one. */
export function heldRow(task: Task, shown: ShowRun) {
  return heldExecution(task, whyOf(task), shown);
}

function answerHeld({ ctx, path }: Ask, task: Task, { shown }: GatewayParts): void {
  const row = heldRow(task, shown);
  const [, , , , part, attribute = ""] = path.split("/");
  if (path.startsWith("/v1/inquiries")) {
    fault(ctx, 404, "Inquiry not found");
    return;
  }
  if (part === "output") {
    ctx.type = "text/plain";
    ctx.body = "";
  } else if (part === "children") ctx.body = [];
  else if (part === "result") ctx.body = JSON.stringify(row["result"] ?? {});
  else if (part === "attribute") ctx.body = JSON.stringify(row[attribute] ?? null);
  else ctx.body = row;
  if (part === "result" || part === "attribute") ctx.type = "application/json";
}

/** The id under which a row is shown: that of the gateway's start, where it was one. */
export async function shownId(row: unknown, { tasks }: GatewayParts): Promise<string | null> {
  const taskId = taskIdOf(row);
  const task = taskId === null ? null : await tasks.get(taskId);
  return task && isOfGateway(task) ? mintedId(task.id) : null;
}
