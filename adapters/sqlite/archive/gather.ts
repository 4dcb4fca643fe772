/** Writes that are gathered while one is under way. */
export interface Gathered<Input> {
  /** Writes at once when nothing is under way; otherwise together with all others that came meanwhile. */
  write(input: Input): Promise<void>;
  /** When everything that was asked for so far is written, or has failed. */
  idle(): Promise<void>;
}

interface Group<Input> {
  inputs: Input[];
  done: Promise<void>;
}

/**
 * Lets callers that write at the same time share one write, which costs little more than a single one of them.
 * When it fails, it fails for all of them.
 */
export function gatherWrites<Input>(writeAll: (inputs: Input[]) => Promise<void>): Gathered<Input> {
  let underWay: Promise<void> | null = null;
  let next: Group<Input> | null = null;
  const start = (inputs: Input[]): Promise<void> => {
    const done = writeAll(inputs).finally(() => {
      if (underWay === done) underWay = null;
    });
    underWay = done;
    return done;
  };
  const startNext = (inputs: Input[]) => {
    next = null;
    return start(inputs);
  };
  return {
    write: (input) => {
      if (!underWay) return start([input]);
      if (!next) {
        const inputs: Input[] = [];
        const go = () => startNext(inputs);
        next = { inputs, done: underWay.then(go, go) };
      }
      next.inputs.push(input);
      return next.done;
    },
    idle: async () => {
      await Promise.allSettled([underWay, next?.done]);
    },
  };
}
