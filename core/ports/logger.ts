/** Structured log: a static message, fields beside it. Level `error` means that someone must act. */
export interface Logger {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** Counters and durations, by name and a bounded set of labels. Never carries ids or text of people. */
export interface Metrics {
  /** Adds one (or `by`) to the counter `whale_<name>_total`. */
  count(name: string, labels?: Record<string, string>, by?: number): void;
  /** Records a duration in seconds in the histogram `whale_<name>_seconds`. */
  observe(name: string, seconds: number, labels?: Record<string, string>): void;
  /** Sets the gauge `whale_<name>`. */
  gauge(name: string, value: number, labels?: Record<string, string>): void;
}
