/** How a benchmark is to be run. */
export interface BenchOptions {
  /** Few samples, to see that it works. The figures are rough. */
  quick: boolean;
  /** Also shows where the time goes. */
  profile: boolean;
  /** What random events and rules are drawn from. */
  seed: number;
  /** Takes the lines for people. */
  print: (line: string) => void;
}

/** The figures of one benchmark as they stand in the last line. */
export type Figures = { bench: string } & Record<string, unknown>;

/** One benchmark. Throws when what it measures does not work. */
export type Bench = (options: BenchOptions) => Promise<Figures>;
