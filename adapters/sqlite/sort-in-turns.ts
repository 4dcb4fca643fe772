/** A key and the number that it is sorted by. */
export interface SortedKey {
  by: number;
  key: string;
}

/** So many keys are sorted at once: about two milliseconds. Merged are as many as there are, a fifth of a microsecond each. */
const SORTED_AT_ONCE = 1_000;

/** Sorts keys, a few of them in each turn of `turn`, which may run its work more than once. */
export async function sortInTurns(
  keys: readonly SortedKey[],
  turn: (work: () => void) => Promise<void>,
): Promise<SortedKey[]> {
  let runs: SortedKey[][] = [];
  for (let no = 0; no * SORTED_AT_ONCE < keys.length; no++) {
    const at = no * SORTED_AT_ONCE;
    await turn(() => {
      runs[no] = keys.slice(at, at + SORTED_AT_ONCE).sort(inOrder);
    });
  }
  while (runs.length > 1) {
    const shorter = runs;
    const longer: SortedKey[][] = [];
    for (let no = 0; no * 2 < shorter.length; no++) {
      await turn(() => {
        longer[no] = merged(shorter[no * 2] ?? [], shorter[no * 2 + 1] ?? []);
      });
    }
    runs = longer;
  }
  return runs[0] ?? [];
}

function inOrder(a: SortedKey, b: SortedKey): number {
  return a.by - b.by;
}

/** Two sorted lists as one. */
function merged(a: readonly SortedKey[], b: readonly SortedKey[]): SortedKey[] {
  const all: SortedKey[] = [];
  let [i, j] = [0, 0];
  for (let [x, y] = [a[0], b[0]]; x !== undefined || y !== undefined; ) {
    if (y === undefined || (x !== undefined && x.by <= y.by)) {
      all.push(x as SortedKey);
      i += 1;
      x = a[i];
    } else {
      all.push(y);
      j += 1;
      y = b[j];
    }
  }
  return all;
}
