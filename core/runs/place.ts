/** Where a person asked for a run. */
export const RUN_PLACES = ["chat", "rest", "gateway"] as const;
export type RunPlace = (typeof RUN_PLACES)[number];
