import { normaliseUserId } from "../people/people.ts";
import type { Lane } from "../ports/task-store.ts";

/** Every lane, in the order in which they are sent. */
export const LANES: readonly Lane[] = [1, 2, 3, 4, 5];

/** What people call a lane. */
export const LANE_NAMES = {
  1: "approval",
  2: "result",
  3: "answer",
  4: "notice",
  5: "digest",
} as const satisfies Record<Lane, string>;
export type LaneName = (typeof LANE_NAMES)[Lane];

/** Under what the app's answers to one person are written, so that they come in the order of what they answer. */
export function answersTo(userId: string): string {
  return `>app:${normaliseUserId(userId)}`;
}

/** Whose answers, or digest, messages are written under; null when under nobody's. */
export function personOfLine(taskId: string | null): string | null {
  return /^(?:@|>app:)(.*)$/s.exec(taskId ?? "")?.[1] ?? null;
}

/** The lane of a name; undefined when there is none. */
export function laneOf(name: string): Lane | undefined {
  return LANES.find((lane) => LANE_NAMES[lane] === name);
}
