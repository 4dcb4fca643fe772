import type { Warning } from "./http/index.ts";

/** How many dead letters the archive was last known to have. */
export interface DeadLetterWatch {
  note(count: number): void;
  warnings(): Warning[];
}

/** Remembers the count, so that `/readyz` tells of it without asking the archive, which may be down. */
export function deadLetterWatch(): DeadLetterWatch {
  let count = 0;
  return {
    note: (found) => {
      count = found;
    },
    warnings: () => (count === 0 ? [] : [{ about: "archive", message: words(count) }]),
  };
}

function words(count: number): string {
  return `${count} dead letters: events or verdicts that could not be archived; see whale archive dead-letters list (有 ${count} 封死信：不能入档的事件或结论，用 whale archive dead-letters list 查看)`;
}
