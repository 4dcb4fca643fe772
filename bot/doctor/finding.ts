/** One thing that was looked at. */
export interface Finding {
  about: string;
  /** `reduced`: it works, and the message says which promise holds only in part. */
  outcome: "holds" | "reduced" | "fails";
  /** Stable word for what was found, for programs. */
  cause: string;
  /** Chinese and English. */
  message: string;
  /** What to do, and where to click, in both; absent where nothing is to be done. */
  todo?: string;
}

/** A look at one thing. What it cannot do it finds, it never throws. */
export type Look = () => Promise<Finding[]>;

/** 0 when all holds, 1 when something fails, 2 when something holds only in part. */
export function exitCodeOf(findings: readonly Finding[]): 0 | 1 | 2 {
  if (findings.some(({ outcome }) => outcome === "fails")) return 1;
  return findings.some(({ outcome }) => outcome === "reduced") ? 2 : 0;
}

/** Findings about one thing. */
export function findingsAbout(about: string) {
  const make = (outcome: Finding["outcome"]) => (cause: string, message: string, todo?: string) =>
    todo === undefined ? { about, outcome, cause, message } : { about, outcome, cause, message, todo };
  return { holds: make("holds"), reduced: make("reduced"), fails: make("fails") };
}
