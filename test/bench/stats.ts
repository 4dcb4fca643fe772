/** The value below which a share of the samples lies, by the nearest rank. NaN without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = Math.ceil(share * sorted.length);
  return sorted[Math.max(0, rank - 1)] ?? Number.NaN;
}

/** The middle value; of an even number the mean of the two in the middle. NaN without samples. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const upper = sorted[Math.floor(half)] ?? Number.NaN;
  return Number.isInteger(half) ? ((sorted[half - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/** Samples of one contestant, block by block; block n of both was measured in turn. */
export type Blocks = readonly (readonly number[])[];

/** One contestant held against the plain one. */
export interface Comparison {
  p50Ms: number;
  p99Ms: number;
  bareP50Ms: number;
  bareP99Ms: number;
  bareRatioP50: number;
  bareRatioP99: number;
}

/**
 * The figures of both. The ratio of the medians is taken block by block and its median told, because a machine's
 * speed moves over minutes; a block has too few samples for a 99th percentile, so that one is over all.
 */
export function compare(own: Blocks, bare: Blocks): Comparison {
  const [all, allBare] = [own.flat(), bare.flat()];
  const ratios = own.map((block, i) => percentile(block, 0.5) / percentile(bare[i] ?? [], 0.5));
  const [p99Ms, bareP99Ms] = [percentile(all, 0.99), percentile(allBare, 0.99)];
  return {
    p50Ms: rounded(percentile(all, 0.5)),
    p99Ms: rounded(p99Ms),
    bareP50Ms: rounded(percentile(allBare, 0.5)),
    bareP99Ms: rounded(bareP99Ms),
    bareRatioP50: rounded(median(ratios)),
    bareRatioP99: rounded(p99Ms / bareP99Ms),
  };
}

/** The median of the ratios block by block, since a machine's speed moves over minutes. */
export function ratioOf(own: readonly number[], other: readonly number[]): number {
  return rounded(median(own.map((speed, i) => speed / (other[i] ?? Number.NaN))));
}

/** With three digits behind the point. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
