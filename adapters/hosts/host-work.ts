import { createHash } from "node:crypto";
import type { HostsDeploy } from "../../core/clusters/index.ts";
import { errorText } from "../../core/errors.ts";
import type { Clock, Execution, Executor, Ids } from "../../core/ports/index.ts";
import { isEnd } from "../../core/tasks/index.ts";
import type { HostsOptions, Order } from "./config.ts";
import { lookAt } from "./live.ts";

export interface HostParts {
  executor: Pick<Executor, "start" | "find" | "get">;
  clock: Clock;
  ids: Ids;
  options: HostsOptions;
  deploy: HostsDeploy;
  /** The cluster that runs the actions. */
  via: string;
}

/** How one host stands in an order. */
export type HostWork =
  | { state: "waiting"; problem?: string }
  | { state: "running"; sinceMs: number; problem?: string }
  /** It cannot be told. `maybeStarted`: a start may have gone through, at `sinceMs`. */
  | { state: "unknown"; sinceMs: number; maybeStarted: boolean; problem: string }
  | { state: "done" }
  | { state: "failed"; message: string };

/** How far back starts of an order are looked for. */
const WINDOW_MS = 86_400_000;

/** The same for the same order, so that a start is found again by whoever asks. */
export function requestIdOf({ release, role, image }: Order, host: string): string {
  const digest = createHash("sha256").update(`${host}\n${image}`).digest("hex").slice(0, 16);
  return `${release.replace(/[^\w-]/g, "_")}-${role}-${digest}`;
}

/** How a host stands now, by what the engine knows. Nothing is started. */
export async function lookUp(host: string, was: HostWork, order: Order, parts: HostParts): Promise<HostWork> {
  if (was.state === "done" || was.state === "failed") return was;
  const { executor, deploy, via, clock, options } = parts;
  const requestId = requestIdOf(order, host);
  const sinceMs = clock.nowMs() - WINDOW_MS;
  const found = await executor.find({ cluster: via, action: deploy.action, requestId, sinceMs });
  if (found.outcome === "unreachable") return unknownNow(was, found.message, clock.nowMs());
  if (found.outcome === "found") return judged(host, found.execution, { was, order, parts });
  // One that may have gone through can be stored late: for a while its absence proves nothing.
  const isOpen =
    was.state === "unknown" && was.maybeStarted && clock.nowMs() - was.sinceMs < options.unknownMs;
  return isOpen ? was : { state: "waiting" };
}

function unknownNow(was: HostWork, problem: string, nowMs: number): HostWork {
  if (was.state === "unknown") return { ...was, problem };
  return { state: "unknown", sinceMs: nowMs, maybeStarted: was.state === "running", problem };
}

interface Judging {
  was: HostWork;
  order: Order;
  parts: HostParts;
}

async function judged(host: string, run: Execution, { was, order, parts }: Judging): Promise<HostWork> {
  const { clock, deploy } = parts;
  if (!isEnd(run.status)) {
    const sinceMs = was.state === "running" ? was.sinceMs : Date.parse(run.startedAt ?? "") || clock.nowMs();
    const isLate = clock.nowMs() - sinceMs > deploy.timeoutMs;
    const problem = `host ${host}: ${deploy.action} takes longer than ${deploy.timeoutMs / 1000} s`;
    return { state: "running", sinceMs, ...(isLate ? { problem } : {}) };
  }
  if (run.status !== "succeeded") {
    return { state: "failed", message: `host ${host}: ${deploy.action} ${run.id} is ${run.status}` };
  }
  return proven(host, order, parts);
}

/** That the action has ended well proves nothing yet: the host itself says what it runs. */
async function proven(host: string, order: Order, parts: HostParts): Promise<HostWork> {
  try {
    const { image } = await lookAt(host, parts);
    if (image === order.image) return { state: "done" };
    return { state: "failed", message: `host ${host} runs ${image} after ${parts.deploy.action}` };
  } catch (error) {
    const sinceMs = parts.clock.nowMs();
    return { state: "unknown", sinceMs, maybeStarted: true, problem: errorText(error) };
  }
}

/** Starts the change of one host. Only for one of which it is known that it was not. */
export async function startOn(host: string, order: Order, parts: HostParts): Promise<HostWork> {
  const { executor, deploy, via, clock } = parts;
  const { image, release } = order;
  const outcome = await executor.start({
    ...{ cluster: via, action: deploy.action, parameters: { host, image, release } },
    ...{ requestId: requestIdOf(order, host), taskId: "release", approvedBy: [] },
  });
  switch (outcome.outcome) {
    case "started":
      return { state: "running", sinceMs: clock.nowMs() };
    case "not_sent":
      return { state: "waiting", problem: `host ${host}: ${outcome.message}` };
    case "unknown":
      return {
        ...{ state: "unknown", sinceMs: clock.nowMs(), maybeStarted: true },
        problem: `host ${host}: ${outcome.message}`,
      };
    case "refused":
      return { state: "failed", message: `host ${host}: ${outcome.message}` };
    default:
      return outcome satisfies never;
  }
}
