import type { Words } from "./problem.ts";

const FAULTS: Readonly<Record<string, Words>> = {
  DUPLICATE_KEY: { zh: "键重复", en: "this key is there twice" },
  TAB_AS_INDENT: { zh: "缩进不能用制表符", en: "tabs must not be used as indentation" },
  BAD_INDENT: { zh: "缩进不对，或缺少右括号", en: "wrong indentation, or a closing bracket is missing" },
  TAG_RESOLVE_FAILED: { zh: "不支持标签（!xxx）", en: "tags (!xxx) are not supported" },
  MULTIPLE_TAGS: { zh: "不支持标签（!xxx）", en: "tags (!xxx) are not supported" },
  BAD_ALIAS: { zh: "不支持别名（*xxx）", en: "aliases (*xxx) are not supported" },
  ALIAS_PROPS: { zh: "不支持别名（*xxx）", en: "aliases (*xxx) are not supported" },
  ALIAS: { zh: "不支持别名（*xxx）", en: "aliases (*xxx) are not supported" },
  BAD_DIRECTIVE: { zh: "不支持 % 指令", en: "% directives are not supported" },
  DIRECTIVE: { zh: "不支持 % 指令", en: "% directives are not supported" },
  MULTIPLE_DOCS: { zh: "一个文件只能有一个文档（多余的 ---）", en: "one document per file (a second ---)" },
  BAD_DQ_ESCAPE: {
    zh: "双引号里的转义不对（反斜杠请写两个，或改用单引号）",
    en: "invalid escape in double quotes (double the backslash or use single quotes)",
  },
  MISSING_CHAR: { zh: "缺少引号、括号、逗号或冒号", en: "a quote, bracket, comma or colon is missing" },
  MULTILINE_IMPLICIT_KEY: {
    zh: "键不能跨行（可能缺少冒号）",
    en: "a key must stay on one line (a colon missing?)",
  },
  BLOCK_AS_IMPLICIT_KEY: {
    zh: "一行里有两个冒号，值请加引号",
    en: "two colons on one line: quote the value",
  },
  BAD_SCALAR_START: {
    zh: "值以特殊字符开头，请加引号",
    en: "the value starts with a special character: quote it",
  },
  KEY_OVER_1024_CHARS: { zh: "键太长", en: "the key is too long" },
  NON_STRING_KEY: { zh: "键必须是文本", en: "keys must be text" },
  TOO_DEEP: { zh: "嵌套太深", en: "nested too deep" },
  RESOURCE_EXHAUSTION: { zh: "嵌套太深", en: "nested too deep" },
  EMPTY: { zh: "文件为空", en: "the file is empty" },
};

/**
 * What a fault of the YAML parser means. The parser's own messages are not shown: some quote the file, and
 * the file may hold secrets.
 */
export function faultWords(code: string): Words {
  return FAULTS[code] ?? { zh: "不是合法的 YAML", en: "not valid YAML" };
}
