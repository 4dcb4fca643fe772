/** Prints a list, a line for each; of an empty one nothing but a word for people, beside what a program would read. */
export function printList(lines: readonly string[], nothing: string): void {
  if (lines.length === 0) console.error(nothing);
  for (const line of lines) console.log(line);
}
