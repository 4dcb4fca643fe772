import type { InForce } from "../../../bot/in-force.ts";
import type { WhaleEvent } from "../../../core/events/index.ts";
import { eventId } from "../../../core/ids/index.ts";
import type { Making } from "../../../core/ports/index.ts";
import { judge } from "../../../core/rules/index.ts";
import { DEFAULT_SETTINGS, step, type Task, taskOfRule, withOutbox } from "../../../core/tasks/index.ts";
import { benchEvent } from "../archive/events.ts";

/** A firing disk alert of a machine of its own. */
function alertOf(name: string, no: number, nowMs: number): WhaleEvent {
  const host = `vm-shop-${String(no).padStart(7, "0")}`;
  const at = new Date(nowMs).toISOString();
  const detail = { host, app: "node-exporter", mount: "/data", usage: 97, paths: ["/var/log"] };
  const own = {
    id: eventId("prometheus", `${name}/${no}`),
    fingerprint: host,
    incident: host,
    subject: host,
  };
  const said = { type: "vm.disk.usage", status: "firing" as const, time: at, receivedAt: at };
  return { ...benchEvent(0), ...said, ...own, detail };
}

/** The making of one task, as the rules' worker makes it of an alert. */
export function makingOf(inForce: InForce, name: string, no: number): Making {
  const nowMs = Date.now();
  const event = alertOf(name, no, nowMs);
  const { set, clusters, policies } = inForce;
  const actions = () => undefined;
  const [judgement] = judge(set, event, { nowMs, clusters, policies, actions, rounds: () => 0 });
  if (judgement?.outcome !== "fires") throw new Error("the benchmark's rule does not fire");
  const making = { nowMs, settings: DEFAULT_SETTINGS, depth: 0, causes: [] };
  const made = taskOfRule(judgement.rule, event, judgement.firings[0], making);
  return withOutbox(made.task, made.effects, nowMs);
}

/** The making of a task whose card was sent and that waits for its people. */
export function waitingOf(inForce: InForce, name: string, no: number, dueAtMs?: number): Making {
  const { task } = makingOf(inForce, name, no);
  const receipt = { recipients: ["zhangsan"], unreachable: [], messageId: task.id, code: `code of ${no}` };
  const context = { nowMs: Date.now(), settings: DEFAULT_SETTINGS };
  const sent = step(task, { kind: "card_sent", cardNo: 1, ...receipt }, context).task;
  const due: Task = dueAtMs === undefined ? sent : { ...sent, dueAtMs };
  return { task: { ...due, revision: 1 }, outbox: [] };
}
