import { setTimeout as pause } from "node:timers/promises";
import { ChatOpsError } from "../../core/errors.ts";
import { isJsonObject, type Json, pick } from "../../core/ids/index.ts";
import type { Execution } from "../../core/ports/index.ts";
import { isEnd } from "../../core/tasks/index.ts";
import type { HostParts } from "./host-work.ts";

/** What a host says that it runs. */
export interface HostState {
  image: string;
  release: string | null;
}

/** Where an action may have put what it found: its own result, or what it printed. */
const PLACES = [[], ["result"], ["output"], ["stdout"]];

/** What the result of the state action says; null when it says nothing of an image. */
export function hostStateIn(result: Json | undefined): HostState | null {
  for (const path of PLACES) {
    const found = parsed(pick(result, path));
    if (!isJsonObject(found) || typeof found["image"] !== "string") continue;
    const release = found["release"];
    return { image: found["image"], release: typeof release === "string" && release !== "" ? release : null };
  }
  return null;
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    // It printed something else.
    return null;
  }
}

/** Asks one host what it runs. Throws `hosts.*`, which may be over soon. */
export async function lookAt(host: string, parts: HostParts): Promise<HostState> {
  const { executor, deploy, via, ids, clock, options } = parts;
  const requestId = `look-${ids.ulid()}`;
  const start = { cluster: via, action: deploy.stateAction, parameters: { host }, requestId };
  const started = await executor.start({ ...start, taskId: "release", approvedBy: [] });
  if (started.outcome !== "started") throw unreadable(host, started.message);
  const untilMs = clock.nowMs() + options.lookTimeoutMs;
  let run: Execution | null = null;
  // The first answer may come before the result does: what counts is read afterwards.
  while (!run || !isEnd(run.status)) {
    if (clock.nowMs() >= untilMs) throw unreadable(host, `${deploy.stateAction} has not ended in time`);
    run = await executor.get(via, started.execution.id);
    if (!run || !isEnd(run.status)) await pause(options.pollMs);
  }
  const state = run?.status === "succeeded" ? hostStateIn(run.result) : null;
  if (state) return state;
  throw unreadable(host, `${deploy.stateAction} is ${run?.status ?? "gone"} and tells no image`);
}

function unreadable(host: string, why: string): ChatOpsError {
  return new ChatOpsError(`host ${host}: ${why}`, { code: "hosts.unreadable", retryable: true });
}
