/**
 * What must not reach a screen: controls, zero-width characters, soft hyphens, marks and overrides of the
 * writing direction, tag characters. They hide text or turn it round. Variants of a visible character stay.
 */
const HIDDEN = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--\p{Variation_Selector}]/gv;

/**
 * `$userName=ID$` and its like: WeCom shows a member's name in their place where a message asks for it
 * (reference/wecom.md 3.4), which would put one person's name where another's is told.
 */
const TRANSLATED = /\$(?=(?:userName|departmentName|userAlias|userAliasOrName)=)/gi;

/**
 * Beginnings of tags, mentions and entities, and what makes a link of a bracket. Cards show them as they are, but not
 * every client need.
 */
const MARKUP = /<(?=[@!/?a-z])|\](?=\s*[([])|&(?=#?[a-z0-9]+;|lt|gt|#x?[\da-f])/gi;
const LOOKS_LIKE: Record<string, string> = { "<": "＜", "]": "］", "&": "＆" };

/** Spaces, tabs and line ends of every kind, as one run: each is read once, however long it is. */
const BLANKS = /[ \t\v\f\n\r\u0085\u2028\u2029]+/g;
const ONLY_SPACES = /^ +$/;

/**
 * Text for one line of a card: line ends become blanks, hidden characters go. Lone surrogates are replaced,
 * because JSON would escape them and WeCom refuses `\u` escapes (40033).
 */
export function cleanLine(text: string): string {
  return text
    .replace(BLANKS, (run) => (ONLY_SPACES.test(run) ? run : " "))
    .toWellFormed()
    .replace(HIDDEN, "")
    .replace(TRANSLATED, "＄")
    .trim();
}

/** Text of several lines: as `cleanLine`, but line feeds stay. */
export function cleanLines(text: string): string {
  const lines = text.split(/\r\n|[\n\r\u0085\u2028\u2029]/);
  const clean = lines.map((line) => line.replaceAll("\t", "  ").toWellFormed().replace(HIDDEN, ""));
  return clean.join("\n").replace(TRANSLATED, "＄");
}

/** At most `maxChars` characters (code points); a cut shows as `…` in the last place. */
export function shorten(text: string, maxChars: number): string {
  const chars = [...text];
  return chars.length <= maxChars ? text : `${chars.slice(0, maxChars - 1).join("")}…`;
}

/** Clean, short text without markup for one place of a card; `fallback` where nothing is left of it. */
export function cardText(text: string, maxChars: number, fallback = ""): string {
  const inert = cleanLine(text).replace(MARKUP, (char) => LOOKS_LIKE[char] ?? char);
  return shorten(inert, maxChars) || fallback;
}
