/** So many of a thing in English: `1 rule`, `2 rules`; `many` where it is not the one with an `s`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
