/** Marks that nobody sees, and those that turn the text around them: a message must not hide a second one. */
const UNSEEN = /\p{Cf}|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0|\p{Variation_Selector}/gu;
const CONTROLS = /[^\P{Cc}\t\n\r\u0085]/gu;
const LINE_ENDS = /\r\n|[\n\r\u0085\u2028\u2029]/u;
/** The line that WeCom puts between a quoted message and what was written below it. */
const RULE_LINE = /^\s*(?:[-－–—]\s*){5,}$/u;
const MENTIONS = /^\s*(?:[@＠]\S+(?:\s+|$))*/u;
/** Full-width letters, digits and the signs that orders are written with; punctuation of sentences stays. */
const WIDE = /[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a＝＠／－＿．＃＊？＋％：]/gu;
const WIDE_BY = 0xfee0;
const AROUND_WORD = /^[/#*"'`([<（【「《]+|["'`*)\]>）】」》。．.,，!！;；:：、~～]+$/gu;

/**
 * What a person wrote themselves: without what they quote, the mentions before it, and marks that cannot be seen. A
 * quotation is what WeCom puts above a line of dashes, text in 「」 at the beginning, or lines that begin with `>`.
 */
export function ownText(message: string): string {
  const seen = message.toWellFormed().replace(UNSEEN, "").replace(CONTROLS, "");
  const lines = withoutMentions(seen).split(LINE_ENDS);
  const own = unquoted(lines).filter((line) => !/^\s*[>＞]/u.test(line));
  return foldSigns(withoutMentions(own.join("\n")).trim());
}

/** Who is mentioned alone, without anything else, is no command; it is left so that the answer can name it. */
function withoutMentions(text: string): string {
  const rest = text.replace(MENTIONS, "");
  return rest.trim() === "" ? text : rest;
}

function unquoted(lines: readonly string[]): readonly string[] {
  const [first = ""] = lines;
  const rule = lines.findLastIndex((line) => RULE_LINE.test(line));
  if (rule > 0 && /^\s*[「『“"]/u.test(first)) return lines.slice(rule + 1);
  if (!/^\s*[「『]/u.test(first)) return lines;
  const text = lines.join("\n");
  const end = Math.max(text.lastIndexOf("」"), text.lastIndexOf("』"));
  return end < 0 ? [] : text.slice(end + 1).split("\n");
}

/** Letters, digits and quotes as a keyboard of letters has them. */
function foldSigns(text: string): string {
  const narrow = text.replace(WIDE, (sign) => String.fromCharCode(sign.charCodeAt(0) - WIDE_BY));
  return narrow.replace(/[“”„‟＂]/gu, '"').replace(/[‘’‚‛＇]/gu, "'");
}

/** A word as commands and ids are compared: without what stands around it, in lower case. */
export function plainWord(word: string): string {
  const plain = word.normalize("NFKC").toLowerCase();
  const bare = plain.replace(AROUND_WORD, "");
  const asked = bare.length > 1 ? bare.replace(/\?+$/, "") : bare;
  return asked === "" ? plain : asked;
}
