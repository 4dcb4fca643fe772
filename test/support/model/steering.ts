import type { Control, ControlAnswer } from "../../../core/tasks/index.ts";
import { advanced } from "./advanced.ts";
import { executionOf } from "./engine.ts";
import type { Move } from "./explore.ts";
import type { At, Scene } from "./worker-moves.ts";
import { NOW, type Row, type World } from "./world.ts";

const BECOMES: Record<Control, Row["status"]> = { cancel: "canceled", pause: "paused", resume: "running" };

/** The steps of `bot/workers/controller.ts`: StackStorm does as it is told, refuses, or nobody knows. */
export function steers(worker: At<"steering">, { world, go }: Scene): Move<World>[] {
  const { task, control } = worker;
  const answered = (label: string, reply: ControlAnswer, from = world): Move<World> => {
    return go(label, { at: "steered", task, control, reply }, from);
  };
  const open: ControlAnswer = { outcome: "open", message: "" };
  // The copy that was read ages with the clock, and its order with it.
  const isLate = task.control ? task.control.untilMs <= NOW : true;
  if (isLate) return [answered("does not ask any more", open)];
  const after = { ...world, rows: world.rows.map((row) => done(row, worker)) };
  const row = after.rows.find(({ id }) => id === task.execution?.id);
  if (!row) return [answered("finds no execution", { outcome: "refused", message: "" })];
  const taken: ControlAnswer = { outcome: "taken", execution: executionOf(row) };
  return [
    answered(`asks to ${control.what}: done`, taken, after),
    answered(`asks to ${control.what}: done, but no answer`, open, after),
    answered(`asks to ${control.what}: not sent, or no answer`, open),
    answered(`asks to ${control.what}: refused`, { outcome: "refused", message: "" }),
  ];
}

/** An execution that is over stays as it is; one is let go on only where it is paused. */
function done(row: Row, { task, control }: At<"steering">): Row {
  const isOver = row.status === "canceled" || row.status === "succeeded";
  const isOther = row.id !== task.execution?.id || (control.what === "resume" && row.status !== "paused");
  return isOver || isOther ? row : { ...row, status: BECOMES[control.what] };
}

export function storesReply(worker: At<"steered">, { world, parts, go }: Scene): Move<World>[] {
  const { task, control, reply } = worker;
  const input = { kind: "control_answer" as const, key: control.key, answer: reply };
  return [go(`stores the answer (${reply.outcome})`, { at: "idle" }, advanced(world, task, input, parts))];
}
