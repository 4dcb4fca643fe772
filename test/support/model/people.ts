import { type Click, CONTROLS, type Control, type TaskInput } from "../../../core/tasks/index.ts";
import { aClick, anOrder, aStop, entitledFor } from "../tasks.ts";
import { advanced } from "./advanced.ts";
import type { Move } from "./explore.ts";
import { type Callback, DEPTH, type Ghost, PARAMS, type Parts, type Plan, type World } from "./world.ts";

/** What people want, and what changes around the task. */
export function peopleMoves(world: World, plan: Plan, parts: Parts): Move<World>[] {
  const clicks = plan.callbacks.map((callback) => clickMove(world, callback, parts));
  return [...clicks, ...(plan.surroundings ? surroundings(world, parts) : [])];
}

function clickMove(world: World, callback: Callback, parts: Parts): Move<World> {
  const { by, kind, key } = callback;
  const isFirst = !world.ghost.delivered.includes(key);
  const input = inputOf(callback);
  const ghost = isFirst ? ghostAfter(world, callback) : world.ghost;
  const from = ghost === world.ghost ? world : { ...world, ghost };
  const to = advanced(from, world.task, input, parts);
  return { label: `${by} wants: ${kind} (callback ${key}${isFirst ? "" : " again"})`, by: "people", to };
}

function inputOf({ by, kind, key, standsFor, selected }: Callback): TaskInput {
  if (isControl(kind)) return { kind: "control", what: kind, order: anOrder({ by, key }) };
  const click = aClick({
    by,
    clickKey: key,
    ...(selected === undefined ? {} : { selected: { [DEPTH.name]: selected } }),
    ...(standsFor === undefined ? {} : inPlaceOf(standsFor)),
  });
  return { kind, click };
}

function inPlaceOf(person: string): Partial<Click> {
  const own = entitledFor();
  const groups = own.outcome === "entitled" ? own.groups : [];
  return { entitlement: { outcome: "entitled", groups: [] }, standsFor: [{ person, groups }] };
}

function isControl(kind: Callback["kind"]): kind is Control {
  return (CONTROLS as readonly string[]).includes(kind);
}

/** What the click means to people, whatever the machine makes of it. */
function ghostAfter({ task, ghost }: World, { by, kind, key, standsFor, selected }: Callback): Ghost {
  const next: Ghost = { ...ghost, delivered: [...ghost.delivered, key].sort() };
  if (task.state === "unknown" && kind === "again") {
    return { ...next, orders: ghost.orders + 1, approvers: [by], isRejected: false };
  }
  if (isControl(kind)) return { ...next, wanted: [...new Set([...ghost.wanted, kind])].sort() };
  if (task.state !== "pending_approval") return next;
  if (kind === "approve") {
    if (ghost.chosen !== null && selected !== ghost.chosen) return next;
    const approvers = [...new Set([...ghost.approvers, standsFor ?? by])].sort();
    return { ...next, approvers, chosen: selected ?? null };
  }
  return kind === "reject" ? { ...next, isRejected: true } : next;
}

function surroundings(world: World, parts: Parts): Move<World>[] {
  const { task } = world;
  const input = (label: string, one: TaskInput): Move<World> => {
    return { label, by: "people", to: advanced(world, task, one, parts) };
  };
  const moves: Move<World>[] = [
    input("the alert recovers", { kind: "withdraw" }),
    input("somebody holds the task", { kind: "hold", stop: aStop() }),
    input("somebody releases the task", { kind: "release" }),
  ];
  if (["held", "pending_approval", "approved"].includes(task.state)) {
    const label = world.isEdited ? "the rule is edited back" : "the rule is edited";
    moves.push({ label, by: "people", to: { ...world, isEdited: !world.isEdited } });
    if (task.params["host"] === PARAMS.host) moves.push(tampered(world));
  }
  return moves;
}

function tampered(world: World): Move<World> {
  const { task } = world;
  const changed = { ...task, params: { host: "vm-2" }, revision: task.revision + 1 };
  return { label: "the stored parameters are changed", by: "fault", to: { ...world, task: changed } };
}
