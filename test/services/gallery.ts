import { shortApproval } from "../../core/approvals/index.ts";
import { type CardView, chooseCard, groupCard, settledGroupCard, taskCard } from "../../core/cards/index.ts";
import type { Task, TaskInput } from "../../core/tasks/index.ts";
import type { Language } from "../../core/texts/index.ts";
import { aViewing } from "../core/cards/viewing.ts";
import { aClick, aMadeTask, anExecution, entitledFor, inputs, walk } from "../support/tasks.ts";

/** One card as people see it, or as it becomes after an update. */
export interface Exhibit {
  name: string;
  card: CardView;
  becomes?: CardView;
}

const OFFERS = ["查看磁盘", "查看日志"].map((title, i) => ({
  ...{ id: `o${i}`, title, action: "disk.show", params: {} },
  approval: shortApproval({ from: {}, need: 1, timeoutMs: 1000, onTimeout: "reject" }),
}));
const ROWS = [
  { label: "主机", value: "vm-1 (10.0.3.17)" },
  { label: "挂载点", value: "/data" },
  { label: "使用率", value: "93%" },
];
const PARAMS = { host: "vm-1", paths: ["/tmp", "/var/log/nginx"], keep_days: 7 };
const LINK = "https://whale.example/tasks/t_1";

function asking(overrides: Partial<Task> = {}): Task {
  const rendered = { rows: ROWS, offers: OFFERS, text: "磁盘 6 小时内将写满", params: PARAMS };
  const event = { title: "磁盘使用率过高 vm-1 /data 93%", subject: "vm-1" };
  return { ...walk(aMadeTask({ rendered, event }), inputs.cardSent), ...overrides };
}

const reject = (): TaskInput => ({ kind: "reject", click: aClick({ by: "lisi" }) });
const running = () => walk(asking(), inputs.approve, inputs.intend, inputs.started);
const STARTED = "2026-11-01T00:03:00Z";

function ended(status: string): Task {
  const execution = { ...anExecution(status), startedAt: STARTED, elapsedSeconds: 42.3 };
  return walk(running(), () => ({ kind: "news", execution }));
}

/** A task as it may stand in a state that takes long to come to. */
function standing(state: Task["state"], reason: Task["reason"], message?: string): Task {
  return { ...asking(), state, reason, ...(message === undefined ? {} : { message }) };
}

const CHOICES = [
  {
    name: "zone",
    title: "机房",
    options: ["华东一区", "华北二区"].map((text, i) => ({ id: `z${i}`, text, value: i })),
  },
  { name: "count", title: "数量", options: ["1", "2", "4"].map((text) => ({ id: text, text, value: text })) },
];

function storm(count: number): [Task, ...Task[]] {
  const tasks = Array.from({ length: count }, (_, i) => {
    const host = `prod-web-${String(i + 1).padStart(3, "0")}`;
    const rendered = { params: { host, paths: ["/tmp"] }, targets: [host] };
    const event = { id: `e_${i}`, subject: host, title: "磁盘使用率过高" };
    return walk(aMadeTask({ event, rendered }), inputs.cardSent);
  });
  const [first = asking(), ...others] = tasks;
  return [first, ...others];
}

/** Every state of a task, and the cards of many tasks, in a language. */
export function gallery(language: Language): Exhibit[] {
  const linkOf = () => LINK;
  const before = { label: language === "zh" ? "清理前" : "Was", value: "93%" };
  const now = { label: language === "zh" ? "清理后" : "Now", value: "41%" };
  const bare = aViewing(language, { linkOf });
  const proven = aViewing(language, { linkOf, resultRows: [before, now] });
  const view = (task: Task, viewing = bare, purpose?: "unknown") => {
    const [record] = task.cards;
    if (!record) throw new Error("the task has no card");
    return taskCard(task, purpose ? { ...record, purpose } : record, viewing);
  };
  const pending = view(asking());
  const closing = (name: string, task: Task, viewing = bare): Exhibit => {
    return { name, card: pending, becomes: view(task, viewing) };
  };
  const told = {
    kind: "reason" as const,
    ...{ by: "lisi", entitlement: entitledFor(), key: "m", text: "正在迁移，明早再清理" },
  };
  const lost = { ...walk(asking(), inputs.approve, inputs.intend, inputs.lost), state: "unknown" } as Task;
  const candidates = ["6740a1b2c3d4e5f607182930", "6740a1b2c3d4e5f607182977"].map((id) => {
    return { ...anExecution("running"), id, startedAt: STARTED };
  });
  const rejected = walk(
    asking({ approval: { ...asking().approval, reason: "always" } as Task["approval"] }),
    reject,
    () => told,
  );
  const retried = asking({ origin: { kind: "retry", of: "t_1", by: "wangwu", key: "k" } });
  const busy = running();
  const execution = { ...anExecution("running"), startedAt: STARTED };
  const control = { what: "cancel", key: "k", by: "lisi", askedAtMs: 1, untilMs: 2, tries: 0 } as const;
  const some = storm(12).map((task, i) => (i < 4 ? { ...task, state: "running" as const } : task));
  const done = storm(12).map((task, i) => ({
    ...task,
    state: i < 9 ? ("approved" as const) : ("rejected" as const),
  }));
  const group = (tasks: readonly Task[]): [Task, ...Task[]] => [tasks[0] ?? asking(), ...tasks.slice(1)];
  return [
    { name: "pending", card: pending },
    { name: "pending-asked-by-person", card: view({ ...retried, coalesced: 41 }) },
    { name: "pending-choice", card: view(asking({ choices: CHOICES.slice(0, 1) })) },
    { name: "pending-choices", card: view(asking({ choices: CHOICES, offers: [] })) },
    closing("starting", walk(asking(), inputs.approve)),
    closing("running", { ...busy, execution }),
    closing("canceling", { ...busy, state: "canceling", execution, control }),
    closing("succeeded", ended("succeeded"), proven),
    closing("failed", ended("failed")),
    closing("timeout", { ...ended("failed"), state: "timeout" }),
    closing("canceled", { ...ended("failed"), state: "canceled" }),
    closing("rejected", rejected),
    closing("expired", standing("expired", "nobody_answered")),
    closing("withdrawn", standing("withdrawn", "recovered")),
    closing("refused", standing("refused", "start_refused", 'Action "disk.cleanup" cannot be found.')),
    closing("binding-void", standing("refused", "binding_void")),
    { name: "unknown", card: view({ ...lost, candidates }, bare, "unknown") },
    { name: "group", card: groupCard(storm(12), bare) },
    { name: "group-large", card: groupCard(storm(200), bare) },
    { name: "group-partly", card: groupCard(storm(12), bare), becomes: groupCard(group(some), bare) },
    { name: "group-settled", card: groupCard(storm(12), bare), becomes: settledGroupCard(group(done), bare) },
    { name: "choose", card: chooseCard(storm(20), bare) },
  ];
}
