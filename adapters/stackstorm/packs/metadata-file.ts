import { LineCounter, parseDocument } from "yaml";
import { isJsonObject, type JsonObject, pick } from "../../../core/ids/index.ts";
import type { PackTree } from "../../../core/ports/index.ts";
import type { PackCheck, PackProblem } from "../../../core/releases/index.ts";

export interface Words {
  zh: string;
  en: string;
}

/** A file of metadata, and how to say what is wrong in it. */
export interface MetadataFile {
  file: string;
  value: JsonObject;
  /** A problem with the value at these keys, or with the nearest thing around it that is there. */
  problem(keys: readonly string[], words: Words, level?: PackProblem["level"]): PackProblem;
}

export type MetadataReading =
  | { outcome: "read"; file: MetadataFile }
  | { outcome: "refused"; problems: PackProblem[] };

const LARGEST = 1_048_576;
/** One slip often makes faults to the end of the file. */
const MOST_FAULTS = 5;

/** Where a file stands and what is read of it. */
export interface Place {
  tree: PackTree;
  file: string;
  pack?: string;
}

/**
 * Reads one file of metadata as the engine does, which reads YAML 1.1: there `yes` is true. What the engine would
 * silently take one way, such as a key that stands twice, is refused.
 */
export function readMetadata(place: Place): MetadataReading {
  const { tree, file } = place;
  if (tree.size(file) > LARGEST) {
    const words = { zh: "元数据文件超过 1 MB", en: "a file of metadata is larger than 1 MB" };
    return refused(problemIn(place, "size", words));
  }
  const lines = new LineCounter();
  const parsed = parse(tree.read(file), lines);
  if (parsed === null) return refused(problemIn(place, "yaml", { zh: "嵌套太深", en: "nested too deep" }));
  const faults = [...parsed.errors, ...parsed.warnings].slice(0, MOST_FAULTS);
  if (faults.length > 0) {
    return refused(
      ...faults.map(({ code, pos }) => {
        return { ...problemIn(place, "yaml", faultWords(code)), line: lines.linePos(pos[0]).line };
      }),
    );
  }
  const value = plain(parsed);
  if (!isJsonObject(value)) {
    const words = { zh: "内容应是键和值", en: "must hold keys and values" };
    return refused(problemIn(place, "metadata", words));
  }
  const problem: MetadataFile["problem"] = (keys, words, level = "error") => {
    return { ...problemIn(place, "metadata", words), level, line: lineOf(parsed, lines, keys) };
  };
  return { outcome: "read", file: { file, value, problem } };
}

/** What is wrong with the form of any other YAML file, such as a workflow. */
export function yamlProblems(place: Place): PackProblem[] {
  const reading = readMetadata(place);
  if (reading.outcome === "read") return [];
  return reading.problems.filter(({ check }) => check !== "metadata");
}

function refused(...problems: PackProblem[]): MetadataReading {
  return { outcome: "refused", problems };
}

function problemIn({ tree, file, pack }: Place, check: PackCheck, words: Words): PackProblem {
  return { level: "error", check, repo: tree.repo, ...(pack === undefined ? {} : { pack }), file, ...words };
}

type Parsed = ReturnType<typeof parseDocument>;

function parse(text: string, lineCounter: LineCounter): Parsed | null {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, version: "1.1", stringKeys: true });
  } catch (error) {
    // The parser is recursive; nesting without end exhausts the stack.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function plain(parsed: Parsed): unknown {
  try {
    return parsed.toJS({ maxAliasCount: 100 });
  } catch (error) {
    // Aliases of aliases that would fill the memory.
    if (error instanceof ReferenceError || error instanceof RangeError) return null;
    throw error;
  }
}

function lineOf(parsed: Parsed, lines: LineCounter, keys: readonly string[]): number {
  for (let length = keys.length; length > 0; length -= 1) {
    const node = parsed.getIn(keys.slice(0, length), true);
    const range = pick(node, ["range"]);
    if (Array.isArray(range)) return lines.linePos(Number(range[0])).line;
  }
  return 1;
}

const FAULTS: Readonly<Record<string, Words>> = {
  DUPLICATE_KEY: { zh: "键重复", en: "this key is there twice" },
  TAB_AS_INDENT: { zh: "缩进不能用制表符", en: "tabs must not be used as indentation" },
  BAD_INDENT: { zh: "缩进不对，或缺少右括号", en: "wrong indentation, or a closing bracket is missing" },
  MULTIPLE_DOCS: { zh: "一个文件只能有一个文档（多余的 ---）", en: "one document per file (a second ---)" },
  TAG_RESOLVE_FAILED: { zh: "不支持标签（!xxx）", en: "tags (!xxx) are not supported" },
  MISSING_CHAR: { zh: "缺少引号、括号、逗号或冒号", en: "a quote, bracket, comma or colon is missing" },
  BAD_ALIAS: { zh: "别名（*xxx）没有定义", en: "an alias (*xxx) of nothing" },
};

function faultWords(code: string): Words {
  return FAULTS[code] ?? { zh: `不是合法的 YAML：${code}`, en: `not valid YAML: ${code}` };
}
