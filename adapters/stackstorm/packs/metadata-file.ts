import { LineCounter, parseDocument } from "yaml";
import { isJsonObject, type JsonObject, pick } from "../../../core/ids/index.ts";
import type { PackTree } from "../../../core/ports/index.ts";
import type { PackCheck, PackProblem } from "../../../core/releases/index.ts";
import { yamlFaultWords } from "../../../core/texts/index.ts";

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
  const text = tree.read(file);
  const parsed = parse(text, lines);
  if (parsed === null) return refused(problemIn(place, "yaml", yamlFaultWords("TOO_DEEP")));
  const faults = [...parsed.errors, ...parsed.warnings].slice(0, MOST_FAULTS);
  if (faults.length > 0) {
    return refused(
      ...faults.map(({ code, pos }) => {
        const words = faultWords(code, { text, offset: pos[0] });
        return { ...problemIn(place, "yaml", words), line: lines.linePos(pos[0]).line };
      }),
    );
  }
  const value = plain(parsed);
  if (value === undefined) return refused(problemIn(place, "yaml", BAD_ALIAS));
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

/** Undefined where an alias is of nothing, or aliases of aliases would fill the memory. */
function plain(parsed: Parsed): unknown {
  try {
    return parsed.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError) return undefined;
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

/** Other than in files of Whale, an alias may stand here, if it is of something. */
const BAD_ALIAS: Words = {
  zh: "别名（*xxx）没有定义，或展开后太大；若是文本，请加引号",
  en: "an alias (*xxx) of nothing, or of too much; quote what is text",
};

function faultWords(code: string, met: { text: string; offset: number }): Words {
  return code === "BAD_ALIAS" ? BAD_ALIAS : yamlFaultWords(code, met);
}
