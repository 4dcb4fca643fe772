/** What became of asking for a lease. Instants are by the store's clock. */
export type LeaseOutcome =
  | { outcome: "held"; fence: number; untilMs: number }
  | { outcome: "taken"; by: string; untilMs: number };

/**
 * Roles that one process at a time has, such as the scheduler's. A lease ends early only when the machine of its
 * holder loses its power.
 */
export interface Leases {
  /**
   * Makes a holder the one holder of a name for so long from now, or lets it hold on: it asks again, well before
   * the end, as long as it wants the name. The fence stays the same while the holder holds on; whoever takes a
   * name that was free gets a higher one than anybody before, so a new fence tells a holder that it had lost the
   * name in between. `taken`, and no change, while another's lease lasts. No two processes may use one holder.
   */
  acquire(name: string, holder: string, ttlMs: number): Promise<LeaseOutcome>;
  /** Frees a name at once. False, and no change, when the lease is over or the fence is not that of its holder. */
  release(name: string, fence: number): Promise<boolean>;
  /** The names with this beginning that somebody holds now, in the order of their code units. */
  held(prefix: string): Promise<string[]>;
}
