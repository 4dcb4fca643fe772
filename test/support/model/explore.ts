/** What may happen next in a model. */
export interface Move<W> {
  /** For the trace, as a sentence about who does what. */
  label: string;
  /**
   * `own`: Whale, StackStorm and the clock by themselves. `fault`: something breaks. `people`: somebody wants
   * something. A model must be able to go on by `own` moves alone.
   */
  by: "own" | "fault" | "people";
  to: W;
}

/** A model with finitely many states. */
export interface Space<W> {
  initial: W;
  /** Everything that may happen in a state. */
  moves(world: W): Move<W>[];
  /** Two states with the same key go on in the same ways. */
  key(world: W): string;
  /** The name of the invariant that this move breaks, with what was seen; null when all hold. */
  fault(before: W, move: Move<W>): Fault | null;
  /** Whether nothing need follow by itself from here on. */
  isSettled(world: W): boolean;
}

export interface Fault {
  invariant: string;
  seen: string;
}

/** The longest way and the most states that are looked at. */
export interface Bounds {
  maxDepth: number;
  maxStates: number;
}

export interface Exploration {
  states: number;
  transitions: number;
  /** Length of the longest of the shortest ways to a state. */
  depth: number;
  /** Whether all states were seen, so that the bounds left nothing out. */
  complete: boolean;
  /** The first broken invariant, with the shortest way to it. */
  violation: (Fault & { trace: string[] }) | null;
}

const STUCK = "never stuck";

/** Looks at every state that can be reached, nearest first, so that the way to a broken invariant is a shortest one. */
export function explore<W>(space: Space<W>, { maxDepth, maxStates }: Bounds): Exploration {
  const graph = createGraph(space);
  let level = graph.begin();
  let depth = 0;
  while (level.length > 0 && depth < maxDepth && graph.size() < maxStates) {
    const next: Reached<W>[] = [];
    for (const reached of level) {
      const violation = graph.expand(reached, next);
      if (violation) return { ...graph.counted(), depth: depth + 1, complete: false, violation };
    }
    level = next;
    depth++;
  }
  const complete = level.length === 0;
  const violation = complete ? graph.stuck() : null;
  return { ...graph.counted(), depth, complete, violation };
}

interface Reached<W> {
  index: number;
  world: W;
}

function createGraph<W>(space: Space<W>) {
  const indices = new Map<string, number>();
  const parents: number[] = [];
  const labels: string[] = [];
  const settled: boolean[] = [];
  const from: number[] = [];
  const to: number[] = [];
  let transitions = 0;

  const add = (world: W, parent: number, label: string): Reached<W> | null => {
    const key = space.key(world);
    if (indices.has(key)) return null;
    const index = indices.size;
    indices.set(key, index);
    parents.push(parent);
    labels.push(label);
    settled.push(space.isSettled(world));
    return { index, world };
  };

  const trace = (index: number): string[] => {
    const way: string[] = [];
    for (let at = index; at > 0; at = parents[at] ?? 0) way.unshift(labels[at] ?? "");
    return way;
  };

  return {
    size: () => indices.size,
    counted: () => ({ states: indices.size, transitions }),
    begin: () => [add(space.initial, -1, "")].filter((one) => one !== null),
    expand: ({ index, world }: Reached<W>, next: Reached<W>[]) => {
      for (const move of space.moves(world)) {
        transitions++;
        // Nothing has happened: most of what people send twice.
        if (move.to === world) continue;
        const fault = space.fault(world, move);
        if (fault) return { ...fault, trace: [...trace(index), move.label] };
        const reached = add(move.to, index, move.label);
        if (reached) next.push(reached);
        if (move.by !== "own") continue;
        from.push(index);
        to.push(reached?.index ?? indices.get(space.key(move.to)) ?? -1);
      }
      return null;
    },
    stuck: () => {
      const index = firstStuck(settled, from, to);
      if (index === null) return null;
      return { invariant: STUCK, seen: "nothing that happens by itself leads on", trace: trace(index) };
    },
  };
}

/** The first state from which no settled one can be reached by moves that happen by themselves. */
function firstStuck(settled: readonly boolean[], from: readonly number[], to: readonly number[]) {
  const good = settled.map((one) => (one ? 1 : 0));
  for (let changed = true; changed; ) {
    changed = false;
    // Backwards, since most moves lead to states that were found later.
    for (let edge = from.length - 1; edge >= 0; edge--) {
      const [a = 0, b = 0] = [from[edge], to[edge]];
      if (good[a] || !good[b]) continue;
      good[a] = 1;
      changed = true;
    }
  }
  const at = good.indexOf(0);
  return at < 0 ? null : at;
}
