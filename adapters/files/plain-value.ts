import type { LineCounter, Node, Pair, Scalar } from "yaml";
import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Json, JsonObject } from "../../core/ids/index.ts";
import { yamlFaultWords } from "../../core/texts/index.ts";
import type { Environment, FileText, Path } from "./home-file.ts";
import type { Located, Spot } from "./located.ts";
import { fieldText, spotKey } from "./located.ts";
import type { Problem, Words } from "./problem.ts";
import { substitute } from "./substitute.ts";

const MAX_DEPTH = 50;

interface Walk {
  source: FileText;
  lines: LineCounter;
  env: Environment;
  spots: Map<string, Spot>;
  problems: Problem[];
}

/** A parsed file as plain data with the place of every value. */
export function plainValue(
  source: FileText,
  root: Node,
  context: { lines: LineCounter; env: Environment },
): { located: Located; problems: Problem[] } {
  const walk: Walk = { source, ...context, spots: new Map(), problems: [] };
  const value = plain(walk, root, { path: [], key: root });
  return {
    located: { file: source.file, kind: source.kind, value, spots: walk.spots },
    problems: walk.problems,
  };
}

/** Where in the walk a node is: its path, and the node that names it (itself in a list). */
interface Step {
  path: Path;
  key: Node;
}

function plain(walk: Walk, node: Node, step: Step): Json {
  const spot = spotOfNode(walk, node, step);
  walk.spots.set(spotKey(step.path), spot);
  if (step.path.length > MAX_DEPTH) return report(walk, step, spot, yamlFaultWords("TOO_DEEP"));
  if (isAlias(node)) return report(walk, step, spot, yamlFaultWords("ALIAS"));
  if (isMap(node)) return plainMap(walk, node.items, step);
  if (isSeq(node))
    return node.items.map((item, at) =>
      child(walk, item, { path: [...step.path, String(at)], key: item as Node }),
    );
  return isScalar(node) ? plainScalar(walk, node, step, spot) : null;
}

function plainMap(walk: Walk, pairs: readonly Pair[], step: Step): JsonObject {
  const object: JsonObject = {};
  for (const pair of pairs) {
    const key = pair.key as Scalar;
    const name = String(key.value);
    const inner: Step = { path: [...step.path, name], key };
    if (name === "__proto__") {
      report(walk, inner, spotOfNode(walk, key, inner), { zh: "键名不允许", en: "this key is not allowed" });
    } else {
      object[name] = child(walk, pair.value, inner);
    }
  }
  return object;
}

/** `key:` with nothing behind it has no node of its own: then the key's place counts. */
function child(walk: Walk, node: unknown, step: Step): Json {
  if (node !== null && node !== undefined) return plain(walk, node as Node, step);
  walk.spots.set(spotKey(step.path), spotOfNode(walk, step.key, step));
  return null;
}

function plainScalar(walk: Walk, node: Scalar, step: Step, spot: Spot): Json {
  const { value } = node;
  if (typeof value === "string") return plainText(walk, value, step, spot);
  if (value === null || typeof value === "boolean") return value;
  const number = Number(value);
  if (typeof value === "bigint" && !Number.isSafeInteger(number)) {
    return report(walk, step, spot, {
      zh: "整数太大，请加引号写成文本",
      en: "this integer is too large: quote it",
    });
  }
  if (!Number.isFinite(number)) {
    return report(walk, step, spot, { zh: "不是有限的数字", en: "not a finite number" });
  }
  return number;
}

function plainText(walk: Walk, text: string, step: Step, spot: Spot): Json {
  const result = substitute(text, walk.source.kind, walk.env);
  if (result.outcome === "plain") return text;
  walk.spots.set(spotKey(step.path), { ...spot, placeholder: text });
  if (result.outcome === "substituted") return result.value;
  return report(walk, step, spot, result.words, JSON.stringify(result.shown));
}

function report(walk: Walk, step: Step, spot: Spot, words: Words, value = ""): null {
  const field = fieldText(walk.source.kind, step.path);
  const { line, column } = spot;
  walk.problems.push({
    ...{ file: walk.source.file, line, column, field, value },
    message: words.zh,
    messageEn: words.en,
  });
  return null;
}

function spotOfNode(walk: Walk, node: Node, step: Step): Spot {
  const start = walk.lines.linePos(node.range?.[0] ?? 0);
  const key = walk.lines.linePos(step.key.range?.[0] ?? 0);
  const spot: Spot = { line: start.line, column: start.col, keyLine: key.line, keyColumn: key.col };
  const shift = textShift(walk.source.text, node);
  return shift === null ? spot : { ...spot, textColumn: start.col + shift };
}

/** How far behind the node's start its text begins; null when the file does not hold the text as it is. */
function textShift(file: string, node: Node): number | null {
  if (!isScalar(node) || typeof node.value !== "string" || !node.range) return null;
  const shift = node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE" ? 1 : 0;
  return file.startsWith(node.value, node.range[0] + shift) ? shift : null;
}
