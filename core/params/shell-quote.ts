/**
 * A text as one word of a POSIX shell, whatever it holds: in single quotes, in which nothing is special. A word
 * that looks like an option stays one; where that matters, the command needs `--` before it. Throws a `TypeError`
 * on NUL, which no argument can hold.
 */
export function shellQuote(text: string): string {
  if (text.includes("\u0000")) throw new TypeError("shell_quote: a shell takes no NUL");
  return `'${text.replaceAll("'", "'\\''")}'`;
}
