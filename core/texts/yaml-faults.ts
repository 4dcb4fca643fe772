/** What a fault of a YAML file means. */
interface Words {
  zh: string;
  en: string;
}

/** Where the parser stumbled, and what it stumbled over. */
interface Stumble {
  /** The line up to there. */
  before: string;
  /** The line from there on. */
  rest: string;
}

type Meaning = Words | ((at: Stumble) => Words);

const TABS: Words = {
  zh: "缩进不能用制表符，请用空格",
  en: "tabs must not be used as indentation: use spaces",
};
const INDENT: Words = {
  zh: "缩进不对：同一层的键（或 - 项）须从同一列开始",
  en: "wrong indentation: keys (or - items) of one level start in the same column",
};
const DEEPER: Words = {
  zh: "这里已有值，下一行却缩进更深：请检查下一行的缩进",
  en: "there is a value here, yet the next line is indented below it: see to the next line's indentation",
};
const BRACKET: Words = {
  zh: "这里之前有 [ 或 { 没有关上，或关错了",
  en: "a [ or { before this is not closed, or by the wrong bracket",
};
const QUOTE: Words = { zh: "到这里为止有引号没有关上", en: "a quote before this is not closed" };
const REMARK: Words = {
  zh: "# 前须有空格；若属于文本，请整个加引号",
  en: "a space is missing before #, or quote the whole text",
};
const WIDE_COLON: Words = {
  zh: "冒号须用半角的 : ，后面跟一个空格",
  en: "write a plain colon (:) and a space in place of the wide one",
};
const COLON_SPACE: Words = { zh: "冒号后须有空格", en: "a space is missing after the colon" };
const COLON: Words = {
  zh: "键后缺少冒号；在括号里则缺少逗号",
  en: "a colon is missing after the key, or a comma within brackets",
};
const COMMA: Words = { zh: "括号里缺少逗号", en: "a comma is missing within the brackets" };
const TWO_COLONS: Words = {
  zh: "一行里有两个冒号，值请加引号",
  en: "two colons on one line: quote the value",
};
const LIST_BELOW: Words = { zh: "列表的 - 须另起一行", en: "a list with - begins on a line of its own" };
const TEXT_BELOW: Words = {
  zh: "| 或 > 之后的文本须另起一行；若不是多行文本，请加引号",
  en: "text after | or > begins on the next line; quote what is no text of several lines",
};
const LEFT_OVER: Words = {
  zh: "引号或括号已经关上，这里多出内容：请整个加引号，或补上逗号",
  en: "more follows what is closed already: quote the whole, or add a comma",
};
const TEMPLATE: Words = { zh: '模板须加引号："{{ … }}"', en: 'a template stands in quotes: "{{ … }}"' };
const KEY_TEXT: Words = { zh: "键必须是文本", en: "keys must be text" };
const ALIAS: Words = {
  zh: "不支持别名（*xxx）；若是文本，请加引号",
  en: "aliases (*xxx) are not supported; quote what is text",
};
const TAG: Words = {
  zh: "不支持标签（!xxx）；若是文本，请加引号",
  en: "tags (!xxx) are not supported; quote what is text",
};
const DIRECTIVE: Words = { zh: "不支持 % 指令", en: "% directives are not supported" };
const TOO_DEEP: Words = { zh: "嵌套太深", en: "nested too deep" };

const FAULTS: Readonly<Record<string, Meaning>> = {
  DUPLICATE_KEY: { zh: "键重复", en: "this key is there twice" },
  TAB_AS_INDENT: TABS,
  BAD_INDENT: ({ rest }) => (isIndented(rest) ? indentation(rest) : BRACKET),
  TAG_RESOLVE_FAILED: TAG,
  MULTIPLE_TAGS: TAG,
  BAD_ALIAS: ALIAS,
  ALIAS_PROPS: ALIAS,
  ALIAS,
  BAD_DIRECTIVE: DIRECTIVE,
  DIRECTIVE,
  MULTIPLE_DOCS: { zh: "一个文件只能有一个文档（多余的 ---）", en: "one document per file (a second ---)" },
  BAD_DQ_ESCAPE: {
    zh: "双引号里的转义不对（反斜杠请写两个，或改用单引号）",
    en: "invalid escape in double quotes (double the backslash or use single quotes)",
  },
  MISSING_CHAR: missing,
  MULTILINE_IMPLICIT_KEY: missingColon,
  BLOCK_AS_IMPLICIT_KEY: nested,
  BLOCK_IN_FLOW: COMMA,
  UNEXPECTED_TOKEN: unexpected,
  BAD_SCALAR_START: {
    zh: "值以特殊字符开头，请加引号",
    en: "the value starts with a special character: quote it",
  },
  KEY_OVER_1024_CHARS: { zh: "键太长", en: "the key is too long" },
  NON_STRING_KEY: ({ before, rest }) => (`${before.slice(-1)}${rest}`.startsWith("{{") ? TEMPLATE : KEY_TEXT),
  TOO_DEEP,
  RESOURCE_EXHAUSTION: TOO_DEEP,
  EMPTY: { zh: "文件为空", en: "the file is empty" },
};

const NOT_YAML: Words = { zh: "不是合法的 YAML", en: "not valid YAML" };

/**
 * What a fault of the YAML parser means where it met it. The parser's own messages are not shown: some quote the file,
 * and the file may hold secrets.
 */
export function yamlFaultWords(code: string, met?: { text: string; offset: number }): Words {
  const meaning = FAULTS[code] ?? NOT_YAML;
  return typeof meaning === "function" ? meaning(met ? stumbleAt(met) : { before: "", rest: "" }) : meaning;
}

function stumbleAt({ text, offset }: { text: string; offset: number }): Stumble {
  return {
    before: text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset),
    rest: /^[^\r\n]*/.exec(text.slice(offset))?.[0] ?? "",
  };
}

function isIndented(rest: string): boolean {
  return /^[ \t]/.test(rest);
}

function indentation(rest: string): Words {
  return /^ *\t/.test(rest) ? TABS : INDENT;
}

function missing(at: Stumble): Words {
  if (at.rest === "") return QUOTE;
  if (at.rest.startsWith("#")) return REMARK;
  return isIndented(at.rest) ? indentation(at.rest) : missingColon(at);
}

function missingColon({ rest }: Stumble): Words {
  if (/^- |^-$/.test(rest)) return INDENT;
  if (/^[^\s"']+：/.test(rest)) return WIDE_COLON;
  return /^[^\s"']+:/.test(rest) ? COLON_SPACE : COLON;
}

/** A value that turns out to be a key: by a colon of its own, or by what stands below it. */
function nested({ rest }: Stumble): Words {
  if (isIndented(rest) || /^- |^-$/.test(rest)) return INDENT;
  return /:(\s|$)/.test(rest) ? TWO_COLONS : DEEPER;
}

function unexpected({ before, rest }: Stumble): Words {
  if (before.trim() === "") return INDENT;
  if (/^-( |$)/.test(rest)) return LIST_BELOW;
  return /[|>][-+0-9]*\s*$/.test(before) ? TEXT_BELOW : LEFT_OVER;
}
