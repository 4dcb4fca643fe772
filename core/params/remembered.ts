/** What has a longer name is not kept. */
const MAX_NAME_CHARS = 500;

/**
 * Gives what was made for the same before, for what depends on nothing else and is never changed: many rules say the
 * same. `nameOf` tells apart what is not the same. Of up to `max` names; at one more all are forgotten.
 */
export function remembered<Given, Made>(
  make: (given: Given) => Made,
  max: number,
  nameOf: (given: Given) => string,
): (given: Given) => Made {
  const known = new Map<string, Made>();
  return (given) => {
    const name = nameOf(given);
    const found = known.get(name);
    if (found !== undefined) return found;
    const made = make(given);
    if (name.length > MAX_NAME_CHARS) return made;
    if (known.size >= max) known.clear();
    known.set(name, made);
    return made;
  };
}

/** As `remembered`, for what is made of a text. */
export function rememberedText<Made>(make: (text: string) => Made, max: number): (text: string) => Made {
  return remembered(make, max, (text) => text);
}
