// Control characters, and those that turn the direction of text: an event must not write on the terminal.
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Text of an event for one line of a terminal. */
export function plainText(text: string): string {
  return text.replace(UNSAFE, " ").toWellFormed();
}

/** A value as indented JSON, with what a terminal would obey written as escapes: it reads as the same value. */
export function plainJson(value: unknown): string {
  // Line breaks stand between values: those in texts are escaped already.
  return JSON.stringify(value, null, 2).replace(UNSAFE, (char) => (char === "\n" ? char : escaped(char)));
}

function escaped(char: string): string {
  const units = char.split("").map((unit) => unit.charCodeAt(0).toString(16).padStart(4, "0"));
  return units.map((digits) => `\\u${digits}`).join("");
}

const WIDE =
  /[\p{sc=Han}\p{sc=Hangul}\p{sc=Hiragana}\p{sc=Katakana}\u3000-\u303F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u;

/** How many columns of a terminal a text takes. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += WIDE.test(character) ? 2 : 1;
  return columns;
}

/** A text of exactly so many columns: cut with an ellipsis, or filled with spaces. */
export function fitted(text: string, width: number): string {
  const missing = width - columnsOf(text);
  if (missing >= 0) return text + " ".repeat(missing);
  let [shown, columns] = ["", 0];
  for (const character of text) {
    columns += columnsOf(character);
    if (columns > width - 1) break;
    shown += character;
  }
  return fitted(`${shown}…`, width);
}
