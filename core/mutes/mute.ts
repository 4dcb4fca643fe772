/** Which verdicts a mute holds. Everything that is given must fit exactly, letter case included. */
export interface MuteMatch {
  ruleId?: string;
  type?: string;
  source?: string;
  subject?: string;
  /** Labels that must all be there with these values. */
  labels?: Readonly<Record<string, string>>;
}

/** A person's order that what fits makes no tasks for a time. Events come, are kept and searched as ever. */
export interface Mute {
  match: MuteMatch;
  /** ISO 8601 instants, UTC: from (inclusive) and until (exclusive), compared with an event's `receivedAt`. */
  from: string;
  until: string;
  /** Who ordered it, as actors are named: `user:<userid>` or `local`. */
  by: string;
  /** ISO 8601, UTC. */
  at: string;
  /** What a person reads. */
  why: string;
}
