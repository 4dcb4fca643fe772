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
  pleaseChoose: "Choose",
  decision: "Decision",
  submit: "Submit",
  group: {
    title: ({ rule, count }) => `${rule} · ${count} ${count === 1 ? "task" : "tasks"}`,
    all: "All",
    none: "None",
    choose: "Choose",
    list: ({ count, left }) =>
      left > 0 ? `${count} tasks (${left} not listed; send tasks)` : `${count} tasks`,
    common: (params) => `all with ${params}`,
    each: "each runs by itself",
    settled: ({ count, counts }) => `${count} decided: ${counts}`,
    open: (count) => `${count} open`,
    closed: "decided",
    chooseText: ({ count, page, pages }) =>
      `Tick what to approve, the others stay as they are${pages > 1 ? ` · page ${page} of ${pages}` : ""} · ${count} here`,
    chosen: "Approve",
  },
};
