/** Joins pictures to one, as in a family; shown as a mark it would take them apart. */
const JOINED_PICTURES = /(?<=\p{Extended_Pictographic}\ufe0f?)\u200d(?=\p{Extended_Pictographic})/u;
/** Chooses between the forms of a character that is there. */
const VARIANT = /(?<=[^\p{Default_Ignorable_Code_Point}\s])[\ufe0e\ufe0f]/u;
/**
 * What is not seen and changes what is: controls, marks and overrides of the writing direction, zero-width and filling
 * characters, line ends that are none of ours, and characters without a meaning.
 */
const UNSEEN = /[[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--[\n\t]]/v;
const TOKENS = new RegExp(`(${JOINED_PICTURES.source}|${VARIANT.source})|(${UNSEEN.source})`, "gv");

/** Letters of other alphabets that look like Latin ones in most fonts. */
const LOOK_ALIKE = /[асеорхуіјѕһԁԛԝӏАВЕКМНОРСТХУЅІЈҮԌԚԜαονρυικτωΑΒΕΖΗΙΚΜΝΟΡΤΥΧօոսհԍ]/gu;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const LATIN = /\p{Script=Latin}/u;

/**
 * A text of events or people as a page may show it: nothing in it stays unseen. What would hide, turn round or imitate
 * is followed by, or replaced with, the number of its character, as `⟨U+202E⟩`. Line feeds and tabs stay. Half a
 * surrogate pair becomes U+FFFD.
 */
export function shownText(text: string): string {
  const seen = text
    .toWellFormed()
    .replace(/\r\n?/g, "\n")
    .replace(TOKENS, (found, harmless: string | undefined) => (harmless === undefined ? mark(found) : found));
  return seen.replace(WORD, (word) => {
    return LATIN.test(word) ? word.replace(LOOK_ALIKE, (letter) => letter + mark(letter)) : word;
  });
}

function mark(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return `⟨U+${point.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
