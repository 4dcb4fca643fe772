import type { CardTexts } from "./card-texts.ts";

export const cardsEn: CardTexts = {
  severities: {
    critical: "Critical",
    major: "Major",
    warning: "Warning",
    info: "Info",
    unknown: "Severity unknown",
  },
  asker: "Asker",
  machine: "the command line",
  bound: (clusters) => `Parameters · cluster ${clusters}`,
  boundInPart: ({ clusters, id }) => `Parameters (cut; send task ${id}) · cluster ${clusters}`,
  targets: ({ count, first }) => `${count}: ${first}`,
  majority: "a majority of rejections ends it",
  startedAt: (when) => `since ${when}`,
  attempt: (no) => `run ${no}`,
  controlAsked: (what) => `${what} asked for, not confirmed yet`,
  details: "Details",
  followed: "Another card follows",
  hold: ({ what, by, when, until, why }) =>
    `stopped (${what}) by ${by} since ${when} · starts by itself if released by ${until}, else not at all · ${why}`,
  group: {
    list: ({ count, left, clusters }) => {
      const rest = left > 0 ? ` (${left} not listed; send tasks)` : "";
      return `${count} tasks${rest} · cluster ${clusters}`;
    },
    common: (params) => `all with ${params}`,
    each: 'each runs by itself; "approve ID" does one',
    settled: ({ count, counts }) => `${count} decided: ${counts}`,
  },
};
