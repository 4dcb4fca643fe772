import type { StopScope } from "../stops/stop.ts";
import { holdOf, startByMs, type Task } from "../tasks/index.ts";
import type { Texts } from "../texts/index.ts";
import type { CardView } from "./card.ts";
import { actorText } from "./deciders.ts";
import { clockTime, clockTimeOf } from "./parts.ts";
import type { Viewing } from "./viewing.ts";

/** What is stopped, who has stopped it since when, and what becomes of the task; empty where no stop holds it. */
export function holdText(
  task: Task,
  { texts, nameOf, timeZone }: Pick<Viewing, "texts" | "nameOf" | "timeZone">,
): string {
  const hold = holdOf(task);
  if (!hold) return "";
  const { scope, by, at, why } = hold.stop;
  return texts.cards.hold({
    what: scopeText(scope, texts),
    by: actorText(by, { texts, nameOf }),
    when: clockTimeOf(at, timeZone),
    until: clockTime(startByMs(task), timeZone),
    why,
  });
}

/** The card of a held task that cannot be shown anew: nothing on it becomes untrue, and one that follows goes on. */
export function lastOfHold(view: CardView, { texts }: Pick<Viewing, "texts">): CardView {
  return "buttons" in view ? { ...view, buttons: [], closed: texts.cards.followed } : view;
}

/** What a stop is for. */
export function scopeText(scope: StopScope, { commands }: Texts): string {
  const name = commands.stops.scope[scope.of];
  return scope.of === "everything" ? name : `${name} ${scope.name}`;
}
