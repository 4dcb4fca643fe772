/** So many numbers are sorted at once: about two milliseconds. Merged are as many as there are, a fifth of a microsecond each. */
const SORTED_AT_ONCE = 1_000;

/** Sorts numbers, a few of them in each turn of `turn`, which may run its work more than once. */
export async function sortInTurns(
  numbers: readonly number[],
  turn: (work: () => void) => Promise<void>,
): Promise<number[]> {
  let runs: number[][] = [];
  for (let no = 0; no * SORTED_AT_ONCE < numbers.length; no++) {
    const at = no * SORTED_AT_ONCE;
    await turn(() => {
      runs[no] = numbers.slice(at, at + SORTED_AT_ONCE).sort(inOrder);
    });
  }
  while (runs.length > 1) {
    const shorter = runs;
    const longer: number[][] = [];
    for (let no = 0; no * 2 < shorter.length; no++) {
      await turn(() => {
        longer[no] = merged(shorter[no * 2] ?? [], shorter[no * 2 + 1] ?? []);
      });
    }
    runs = longer;
  }
  return runs[0] ?? [];
}

function inOrder(a: number, b: number): number {
  return a - b;
}

/** Two sorted lists as one. */
function merged(a: readonly number[], b: readonly number[]): number[] {
  const all: number[] = [];
  let [i, j] = [0, 0];
  for (let [x, y] = [a[0], b[0]]; x !== undefined || y !== undefined; ) {
    if (y === undefined || (x !== undefined && x <= y)) {
      all.push(x as number);
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
