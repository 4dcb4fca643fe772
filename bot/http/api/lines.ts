/** A secret is looked for within a line, which is not waited for longer than that. */
const LONGEST_LINE = 65_536;

/** Whole lines of what comes in pieces, with what is left at the end. */
export function lineByLine(tell: (line: string) => void): { take: (text: string) => void; end: () => void } {
  let open = "";
  const flush = (to: number): void => {
    if (to > 0) tell(open.slice(0, to));
    open = open.slice(to);
  };
  return {
    take: (text) => {
      open += text;
      flush(open.length > LONGEST_LINE ? open.length : open.lastIndexOf("\n") + 1);
    },
    end: () => flush(open.length),
  };
}

/** The same of what can be waited for: each piece is changed line by line. */
export async function* changedLines(
  pieces: AsyncIterable<string>,
  change: (line: string) => string,
): AsyncGenerator<string> {
  const ready: string[] = [];
  const lines = lineByLine((line) => ready.push(change(line)));
  for await (const piece of pieces) {
    lines.take(piece);
    yield* ready.splice(0);
  }
  lines.end();
  yield* ready;
}
