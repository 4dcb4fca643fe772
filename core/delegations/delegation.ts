/** A person's word that somebody else decides in their place while they are absent. */
export interface Delegation {
  /** Userid of who is absent; may still decide. */
  from: string;
  /** Userid of who stands in. */
  to: string;
  /** ISO 8601 instants, UTC: since (inclusive) and until (exclusive). */
  since: string;
  until: string;
  /** Who gave it, as actors are named: `user:<userid>` or `local`. */
  by: string;
  /** What a person reads; may be empty. */
  why: string;
}

/** A delegation and the name by which it is ended. */
export interface NamedDelegation {
  name: string;
  delegation: Delegation;
}

/** Whether a delegation holds at an instant. */
export function isInForce({ since, until }: Delegation, nowMs: number): boolean {
  // Asked this way round, an instant that cannot be read lets nobody stand in.
  return nowMs >= Date.parse(since) && nowMs < Date.parse(until);
}

/** In whose place a person stands at an instant, each once. Those who delegated to one of them are not followed. */
export function delegatorsOf(userId: string, all: readonly Delegation[], nowMs: number): string[] {
  const given = all.filter(({ to, from }) => to === userId && from !== userId);
  return [...new Set(given.filter((one) => isInForce(one, nowMs)).map(({ from }) => from))];
}

/** Some people and, behind them, those who stand in for one of them at an instant. Not followed further. */
export function withDelegates(
  userIds: readonly string[],
  all: readonly Delegation[],
  nowMs: number,
): string[] {
  const given = all.filter((one) => userIds.includes(one.from) && isInForce(one, nowMs));
  return [...new Set([...userIds, ...given.map(({ to }) => to)])];
}
