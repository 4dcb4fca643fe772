import type { WhaleEvent } from "../../core/events/index.ts";
import { runTaskId } from "../../core/ids/index.ts";
import { hiding, type Masking, masked } from "../../core/pages/index.ts";
import type { Clock, Journal, TaskStore } from "../../core/ports/index.ts";
import { type RunRequest, requestedDetail, requestedDraft, runText } from "../../core/runs/index.ts";
import {
  type FittedRun,
  type MachineSettings,
  madeFact,
  type Task,
  taskOfRun,
  withOutbox,
} from "../../core/tasks/index.ts";
import { rawOf } from "../workers/index.ts";

export interface MakeRunDeps {
  journal: Pick<Journal, "append">;
  tasks: Pick<TaskStore, "get" | "make">;
  masking: Masking;
  settings: MachineSettings;
  clock: Clock;
}

/**
 * Journals that the run was asked for, then makes its task. A crash between the two leaves an event whose request,
 * asked again, makes that one task.
 */
export async function makeRun(asked: RunRequest, run: FittedRun, deps: MakeRunDeps): Promise<Task> {
  const { tasks, clock, settings } = deps;
  const request = withoutSecrets(asked, run);
  const event = await journaled(request, run, deps);
  const nowMs = clock.nowMs();
  // What was asked for is compared as it was sent: the same key must not bring another password.
  const made = taskOfRun(
    { ...request, parameters: asked.parameters },
    { ...run, event },
    { nowMs, settings },
  );
  const { task, outbox } = withOutbox(made.task, made.effects, nowMs);
  const answer = await tasks.make({ task, outbox, fact: madeFact(task) });
  // Whoever asked at the same moment was first: what is stored is theirs.
  return answer.outcome === "exists" ? ((await tasks.get(task.id)) ?? task) : task;
}

/** Where a parameter is secret, what was typed holds it too. */
function withoutSecrets(request: RunRequest, { secretParams }: FittedRun): RunRequest {
  if (secretParams.length === 0) return request;
  const { command: _typed, ...rest } = request;
  return rest;
}

async function journaled(
  request: RunRequest,
  { grant, params, targets, secretParams }: FittedRun,
  { journal, masking, clock }: MakeRunDeps,
): Promise<WhaleEvent> {
  const shown = masked(params, masking, (name) => secretParams.includes(name));
  const hide = hiding(shown.secrets, masking);
  const facts = {
    task: runTaskId(request),
    grant,
    parameters: shown.value,
    targets: targets.map(hide),
    title: hide(request.command ?? runText(request.action, shown.value)),
    nowMs: clock.nowMs(),
  };
  const raw = rawOf(
    Buffer.from(JSON.stringify(requestedDetail(request, { ...facts, rawRef: "" }))),
    JSON_TYPE,
  );
  const draft = requestedDraft(request, { ...facts, rawRef: raw.ref });
  const [receipt] = await journal.append({ source: draft.event.source, drafts: [draft], raw });
  return { ...draft.event, id: receipt?.eventId ?? draft.freshId };
}

const JSON_TYPE = "application/json";
