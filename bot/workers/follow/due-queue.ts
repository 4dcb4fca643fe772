/** Things that fall due, of which a round looks only at those that are. */
export interface DueQueue<T> {
  readonly size: number;
  /** Puts a thing in, or moves it to another instant. */
  set(item: T, dueAtMs: number): void;
  /** Moves a thing that is in to an earlier instant, never to a later one. False when it is not in. */
  pull(item: T, dueAtMs: number): boolean;
  delete(item: T): void;
  /** Takes out up to `max` things that are due, the earliest first. */
  take(nowMs: number, max: number): T[];
  /** When the earliest falls due; null when nothing is in. */
  nextDueAtMs(): number | null;
}

interface Entry<T> {
  item: T;
  dueAtMs: number;
}

/** What was moved leaves its old entry behind; so many of those are kept before all are swept out. */
const STALE_KEPT = 64;

/** Makes an empty queue. Each operation costs the logarithm of what is in, a look at the earliest nothing. */
export function createDueQueue<T>(): DueQueue<T> {
  const current = new Map<T, Entry<T>>();
  let heap: Entry<T>[] = [];

  const set = (item: T, dueAtMs: number): void => {
    const entry = { item, dueAtMs };
    current.set(item, entry);
    push(heap, entry);
    if (heap.length > 2 * current.size + STALE_KEPT) heap = heapOf(current.values());
  };
  const first = (): Entry<T> | undefined => {
    while (heap[0] && current.get(heap[0].item) !== heap[0]) pop(heap);
    return heap[0];
  };
  return {
    get size() {
      return current.size;
    },
    set,
    pull: (item, dueAtMs) => {
      const entry = current.get(item);
      if (entry && dueAtMs < entry.dueAtMs) set(item, dueAtMs);
      return entry !== undefined;
    },
    delete: (item) => void current.delete(item),
    take: (nowMs, max) => {
      const taken: T[] = [];
      for (let entry = first(); entry && entry.dueAtMs <= nowMs && taken.length < max; entry = first()) {
        pop(heap);
        current.delete(entry.item);
        taken.push(entry.item);
      }
      return taken;
    },
    nextDueAtMs: () => first()?.dueAtMs ?? null,
  };
}

function heapOf<T>(entries: Iterable<Entry<T>>): Entry<T>[] {
  // Sorted is a heap too.
  return [...entries].sort((a, b) => a.dueAtMs - b.dueAtMs);
}

function push<T>(heap: Entry<T>[], entry: Entry<T>): void {
  let at = heap.length;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above] as Entry<T>;
    if (parent.dueAtMs <= entry.dueAtMs) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = entry;
}

function pop<T>(heap: Entry<T>[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const below = lesserChild(heap, at);
    const child = heap[below];
    if (!child || child.dueAtMs >= last.dueAtMs) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = last;
}

function lesserChild<T>(heap: readonly Entry<T>[], at: number): number {
  const left = 2 * at + 1;
  const [one, other] = [heap[left], heap[left + 1]];
  return one && other && other.dueAtMs < one.dueAtMs ? left + 1 : left;
}
