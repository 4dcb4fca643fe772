/** What a contestant's process is told. */
export interface Orders {
  /** Environment as in production. */
  env: Readonly<Record<string, string>>;
  /** Folder for what it stores. */
  folder: string;
  /** Keep the time of each step. */
  profile: boolean;
}

/** One step of Whale's and the time at which it was passed, by the system's monotonic clock. */
export type StepMark = readonly [step: string, atMs: number];

/** What a contestant's process says. */
export type Report = { kind: "listening"; url: string } | { kind: "marks"; marks: StepMark[] };

/** The time of a clock that all processes of a machine share, in milliseconds. */
export function sharedNowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
