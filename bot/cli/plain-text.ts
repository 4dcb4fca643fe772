// Control characters, and those that turn the direction of text: an event must not write on the terminal.
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Text of an event for one line of a terminal. */
export function plainText(text: string): string {
  return text.replace(UNSAFE, " ").toWellFormed();
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
