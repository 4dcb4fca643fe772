import { COMMANDS, type CommandId, wordsFor } from "./registry.ts";

const MOST_EDITS = 2;

/** The word within two edits of what was typed, of the commands that the person may use; null when none is near. */
export function nearestWord(typed: string, usable: (id: CommandId) => boolean): string | null {
  if (typed.length < 2 || typed.length > 20) return null;
  let best: { word: string; edits: number } | null = null;
  for (const command of COMMANDS) {
    if (!usable(command.id)) continue;
    for (const word of wordsFor(command)) {
      const edits = editDistance(typed, word);
      const isNear = edits < Math.min(word.length, typed.length) && edits <= MOST_EDITS;
      if (isNear && (!best || edits < best.edits)) best = { word, edits };
    }
  }
  return best?.word ?? null;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
