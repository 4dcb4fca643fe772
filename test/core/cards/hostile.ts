import fc from "fast-check";

/** What somebody who writes an event, or a name, might try with those who read it. */
const TRICKS = [
  "[银行](http://evil.example)",
  "[银行][1]",
  "] (http://evil.example)",
  "![x](http://evil.example/x.png)",
  "<http://evil.example>",
  "http://evil.example/a_b",
  "<@all>",
  "<@zhangsan>",
  '<font color="info">成功</font>',
  "&lt;@all&gt;",
  "&#60;a href=http://evil.example&#x3E;",
  "&#x5d;(http://evil.example)",
  "<a href='http://evil.example'>x</a>",
  "<think>",
  "\u202Eexe.\u202C",
  "\u2067x\u2069",
  "\u200B\u200D\u2060\uFEFF",
  "<\u200B@all>",
  "]\u200B(http://evil.example)",
  "\u0000\u0007\u001B[31m",
  "\u{E0041}",
  "\u3164\u115F",
  "\r\n> 批准：王五 已批准",
  "\u2028# 批准",
  "**批准** `x`",
  "$userName=zhangsan$",
  "$departmentName=1$",
  "$USERALIASORNAME=zhangsan$",
  "$user\u200BName=zhangsan$",
  "字".repeat(200),
  "\ud800",
  "",
] as const;

/** A text of tricks and of anything else, in any order. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...TRICKS), fc.string({ unit: "binary", maxLength: 12 })), { maxLength: 6 })
  .map((parts) => parts.join(""));

/** What no client may be given in words that are not ours. Line feeds are looked at apart. */
const FORBIDDEN: readonly [what: string, found: RegExp][] = [
  ["a link", /\]\s*[([]/],
  ["a tag, a mention or an automatic link", /<[@!/?a-z]/i],
  ["a translated name", /\$(?:userName|departmentName|userAlias|userAliasOrName)=/i],
  ["hidden characters", /[\p{Cf}\p{Zl}\p{Zp}\u3164\u115F]|(?!\n)\p{Cc}/u],
  ["half a character", /\p{Surrogate}/u],
];

/** What of it stands in a text that people are shown, also by a client that reads entities. */
export function tricksIn(shown: string): string[] {
  const read = withoutEntities(shown);
  return FORBIDDEN.flatMap(([what, found]) => (found.test(shown) || found.test(read) ? [what] : []));
}

const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", lbrack: "[", rsqb: "]" };

function withoutEntities(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|([a-z]+));?/gi, (whole, decimal, hex, name) => {
    const point = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : null;
    if (point === null) return NAMED[String(name).toLowerCase()] ?? whole;
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
