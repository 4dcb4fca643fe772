/** Label values of one metric, bounded. */
export interface SeriesGuard {
  /** The values to count under: those given, or `other` for each once there are too many sets. */
  admit(values: readonly string[]): string[];
}

const LONGEST_VALUE = 100;

/** Lets the first `most` different sets of label values through and counts all later ones as `other`. */
export function seriesGuard(most: number): SeriesGuard {
  const known = new Set<string>();
  return {
    admit(values) {
      const shown = values.map((value) => value.slice(0, LONGEST_VALUE).toWellFormed());
      const key = JSON.stringify(shown);
      if (known.has(key)) return shown;
      if (known.size >= most) return shown.map(() => "other");
      known.add(key);
      return shown;
    },
  };
}
