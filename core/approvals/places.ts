/**
 * Gives people places in groups, each person one place at most, so that as many places as possible are taken.
 * `mayTake` are the groups that each person may take a place of, `places` how many each group has. Returns each
 * person's group, or null. Earlier people and earlier groups come first where that costs no place.
 */
export function takePlaces(
  mayTake: readonly (readonly number[])[],
  places: readonly number[],
): (number | null)[] {
  const taken: (number | null)[] = mayTake.map(() => null);
  const holders = places.map((): number[] => []);

  /** A place for this person, if need be by moving others to another group of theirs. */
  const seat = (person: number, tried: Set<number>): boolean => {
    for (const group of mayTake[person] ?? []) {
      const held = holders[group];
      if (!held || tried.has(group)) continue;
      tried.add(group);
      const room = held.length < (places[group] ?? 0);
      const moved = room ? null : held.find((holder) => seat(holder, tried));
      if (moved === undefined) continue;
      if (moved !== null) held.splice(held.indexOf(moved), 1);
      held.push(person);
      taken[person] = group;
      return true;
    }
    return false;
  };

  for (const person of mayTake.keys()) seat(person, new Set());
  return taken;
}
