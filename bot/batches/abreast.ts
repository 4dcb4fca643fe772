/** Works on items so many at a time, and tells what came of each, in their order. Fails with the first that fails. */
export async function abreast<Item, Outcome>(
  items: readonly Item[],
  most: number,
  each: (item: Item) => Promise<Outcome>,
): Promise<Outcome[]> {
  const all: Outcome[] = [];
  for (let from = 0; from < items.length; from += most) {
    all.push(...(await Promise.all(items.slice(from, from + most).map(each))));
  }
  return all;
}
