/** Texts of the pages that cards link to, and of what all pages share. */
export interface PageTexts {
  /** Of the page as a whole, for browsers: `zh-CN`, `en`. */
  htmlLanguage: string;
  title: (task: string) => string;
  refresh: string;
  logout: string;
  /** What tells a row of features that the event passes it, or does not. */
  holds: string;
  holdsNot: string;
  sections: {
    what: string;
    ran: string;
    why: string;
    who: string;
    decide: string;
    result: string;
    unknown: string;
    history: string;
    features: string;
    labels: string;
    annotations: string;
    detail: string;
    output: string;
    children: string;
  };
  rows: {
    state: string;
    deadline: string;
    action: string;
    targets: string;
    params: string;
    noParams: string;
    chosen: string;
    business: string;
    clusters: string;
    hash: string;
    rule: string;
    verdict: string;
    origin: string;
    event: string;
    subject: string;
    source: string;
    severity: string;
    eventTime: string;
    receivedAt: string;
    asker: string;
    gate: string;
    mayApprove: string;
    missing: string;
    decided: string;
    execution: string;
    status: string;
    started: string;
    ended: string;
    took: string;
    proof: string;
    candidates: string;
    doubles: string;
    attempts: string;
    coalesced: string;
  };
  origins: {
    rule: string;
    replay: (by: string) => string;
    renewed: (task: string) => string;
    offer: (facts: { by: string; task: string }) => string;
    retry: (facts: { by: string; task: string }) => string;
  };
  /** Stands for whoever asked on the command line of the machine itself. */
  machine: string;
  proofs: { unverified: string; verified: string; not_helped: string };
  verdicts: { approve: string; reject: string };
  severities: Record<string, string>;
  more: (count: number) => string;
  unlisted: string;
  noDecision: string;
  chosenAtApproval: string;
  cut: string;
  eventGone: string;
  ruleGone: string;
  noOutputYet: string;
  outputSize: (facts: { lines: number; characters: number }) => string;
  leftOut: (lines: number) => string;
  /** Runs below a workflow that are not listed. */
  moreRuns: (count: number) => string;
  largeOutput: (bytes: number) => string;
  download: string;
  downloadResult: string;
  noResult: string;
  outputUnread: (why: string) => string;
  unknownHow: string;
  masked: string;
  form: {
    reason: string;
    reasonHelp: (characters: number) => string;
    reasonNeeded: string;
    rejectNeeds: string;
    choose: string;
    send: string;
    awaited: { approve: string; reject: string };
    bound: (hash: string) => string;
    cannot: (why: string) => string;
  };
  /** What a page alone tells of a decision. */
  answers: { decision_taken: string; sent_before: string };
  login: {
    title: string;
    why: string;
    button: string;
    again: string;
    outTitle: string;
    out: string;
  };
  errors: Record<PageError, { title: string; text: string }>;
  /** Of a denial: what is asked for. */
  denied: (facts: { who: string; task: string }) => string;
}

/** Why a page cannot be shown. Closed: each is counted and logged. */
export const PAGE_ERRORS = [
  "not_found",
  "no_event",
  "denied",
  "no_right",
  "inactive",
  "unknown_person",
  "outsider",
  "state_mismatch",
  "code_missing",
  "code_spent",
  "chat_unreachable",
  "archive_unreachable",
  "too_often",
  "session_over",
  "foreign_form",
  "bad_form",
  "failed",
] as const;
export type PageError = (typeof PAGE_ERRORS)[number];
