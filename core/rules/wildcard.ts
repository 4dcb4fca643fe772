/**
 * The regular expression of a text with shell wildcards (`*`, `?`, `[abc]`, `[!a-z]`), which must fit the whole
 * text; its `.` must match line ends too. Stars at the ends are left out, so that plain text stays plain.
 */
export function wildcardPattern(text: string): string {
  const stars = text.replace(/\*+/g, "*");
  if (stars === "*") return "";
  const inner = stars.replace(/^\*|\*$/g, "");
  const start = stars.startsWith("*") ? "" : "^";
  const end = stars.endsWith("*") ? "" : "$";
  return start + partsOf(inner).map(partPattern).join("") + end;
}

/** The wildcards and single characters of a text. A bracket that is never closed stands for itself. */
function partsOf(text: string): string[] {
  return text.match(/\[!?\]?[^\]]*\]|./gsu) ?? [];
}

function partPattern(part: string): string {
  if (part === "*") return ".*";
  if (part === "?") return ".";
  const inner = /^\[(!?)(.+)\]$/su.exec(part);
  if (inner?.[2] === undefined) return [...part].map(quoted).join("");
  return `[${inner[1] === "" ? "" : "^"}${inner[2].replace(/[\\\][^&~|]/g, "\\$&")}]`;
}

function quoted(char: string): string {
  return /[\\^$.[\]|()?*+{}]/.test(char) ? `\\${char}` : char;
}
