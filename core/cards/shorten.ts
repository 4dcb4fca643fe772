/** The first so many characters, with a mark when something is left out. */
export function shorten(text: string, characters: number): string {
  const points = [...text];
  return points.length <= characters ? text : `${points.slice(0, characters - 1).join("")}…`;
}
