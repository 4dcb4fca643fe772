/** The time, as a dependency. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  nowMs(): number;
}

/** Fresh identifiers where no content gives one. */
export interface Ids {
  /** A ULID: 26 characters, sorts by time. */
  ulid(): string;
}
