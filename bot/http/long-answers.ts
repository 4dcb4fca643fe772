import type { ServerResponse } from "node:http";

/** Answers that last as long as their reader wants: a process that ends must not wait for them. */
export interface LongAnswers {
  /** This one is to be cut when the process ends. */
  keep(answer: ServerResponse): void;
  /** Cuts all: whoever reads connects again, to another process. */
  cut(): void;
}

export function createLongAnswers(): LongAnswers {
  const open = new Set<ServerResponse>();
  return {
    keep: (answer) => {
      open.add(answer);
      answer.on("close", () => open.delete(answer));
    },
    cut: () => {
      for (const answer of open) answer.destroy();
    },
  };
}
