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

/** The lane of a name; undefined when there is none. */
export function laneOf(name: string): Lane | undefined {
  return LANES.find((lane) => LANE_NAMES[lane] === name);
}
