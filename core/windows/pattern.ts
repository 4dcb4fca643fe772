/**
 * Whether a text fits one of some patterns, whole and with regard to letter case. `*` stands for any characters,
 * also none; everything else stands for itself. Takes time in proportion to the text for each pattern.
 */
export function patternTest(patterns: readonly string[]): (text: string) => boolean {
  const tests = patterns.map(onePattern);
  return (text) => tests.some((test) => test(text));
}

function onePattern(pattern: string): (text: string) => boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return (text) => text === pattern;
  return (text) => {
    if (text.length < first.length + last.length) return false;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let at = first.length;
    // The earliest place of each piece leaves the most for the pieces after it.
    for (const piece of rest) {
      const found = text.indexOf(piece, at);
      if (found < 0 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}
