import type { Task, TaskInput } from "../../../core/tasks/index.ts";
import { aClick, anExecution, anOrder, aStanding, aStop, entitledFor, evidenceFor } from "../tasks.ts";

/** One input of each kind, and of each kind of answer, as strong as it can be: by an entitled person, for this start. */
export function everyInput(task: Task): TaskInput[] {
  const requestId = task.start?.requestId ?? "none";
  const execution = task.execution ?? anExecution("running");
  const clickKey = "everything";
  return [
    ...(["approve", "reject", "refresh", "again", "give_up"] as const).map((kind): TaskInput => {
      return { kind, click: aClick({ clickKey }) };
    }),
    { kind: "reason", by: "zhangsan", entitlement: entitledFor(), text: "说明", key: "message-1" },
    { kind: "offer", click: aClick({ clickKey }), offer: "view" },
    { kind: "tick" },
    { kind: "intend", standing: aStanding(task), sender: "w1" },
    { kind: "start_answer", requestId, answer: { outcome: "started", execution } },
    ...(["refused", "not_sent", "unknown"] as const).map((outcome): TaskInput => {
      return { kind: "start_answer", requestId, answer: { outcome, message: "m" } };
    }),
    { kind: "look", sighting: { outcome: "found", execution } },
    { kind: "look", sighting: { outcome: "absent" } },
    { kind: "look", sighting: { outcome: "unreachable", message: "m" } },
    ...["requested", "running", "paused", "canceling", "succeeded", "no such word"].map(
      (status): TaskInput => ({ kind: "news", execution: { ...execution, status } }),
    ),
    { kind: "gone" },
    { kind: "retried", execution: { ...execution, id: "another" } },
    ...(["cancel", "pause", "resume"] as const).map((what): TaskInput => {
      return { kind: "control", order: anOrder({ key: clickKey }), what };
    }),
    ...(["taken", "refused", "open"] as const).map((outcome): TaskInput => {
      const answer = outcome === "taken" ? { outcome, execution } : { outcome, message: "m" };
      return { kind: "control_answer", key: task.control?.key ?? "none", answer };
    }),
    { kind: "adopt", order: anOrder({ key: clickKey }), evidence: evidenceFor(task) },
    { kind: "adopt", order: anOrder({ key: clickKey }), evidence: { outcome: "absent" } },
    { kind: "card_sent", cardNo: 1, recipients: ["lisi"], unreachable: [] },
    { kind: "card_shown", cardNo: 1, code: "code" },
    { kind: "card_failed", cardNo: 1, message: "no" },
    { kind: "batched", cardNo: 1, batch: "b_1" },
    { kind: "card_waits" },
    { kind: "withdraw" },
    { kind: "hold", stop: aStop() },
    { kind: "release" },
  ];
}
