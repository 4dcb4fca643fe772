import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { Settings } from "typebox/system";
import { pick } from "../../core/ids/index.ts";
import { closestWord } from "./closest-word.ts";
import type { Path } from "./home-file.ts";
import type { Located } from "./located.ts";
import { problemAt, problemAtKey, problemMissing } from "./located.ts";
import type { Problem } from "./problem.ts";
import { shapeWords } from "./shape-words.ts";

/** A schema with its compiled check. */
export interface Shape<T> {
  schema: TSchema;
  /** All problems of the value below `path`; none when it has this shape. */
  problems(located: Located, path?: Path): Problem[];
  /** The value below `path`, which has this shape: ask for its problems first. */
  read(located: Located, path?: Path): T;
}

interface ShapeError {
  keyword: string;
  schemaPath: string;
  instancePath: string;
  params: object;
}

/** Compiles a schema of `schema.ts`. */
export function shapeOf<T>(schema: TSchema): Shape<T> {
  const check = Compile(schema);
  return {
    schema,
    problems(located, path = []) {
      const value = pick(located.value, path);
      if (check.Check(value)) return [];
      const errors = allErrors(() => check.Errors(value));
      return errors.flatMap((error) => problemsOf(error, { schema, located, path }));
    },
    read: (located, path = []) => pick(located.value, path) as T,
  };
}

/** The library stops at eight errors by default; a person mends a file in one go. */
function allErrors(find: () => readonly ShapeError[]): readonly ShapeError[] {
  const before = Settings.Get().maxErrors;
  Settings.Set({ maxErrors: 1000 });
  try {
    return find();
  } finally {
    Settings.Set({ maxErrors: before });
  }
}

interface Place {
  schema: TSchema;
  located: Located;
  path: Path;
}

function problemsOf(error: ShapeError, { schema, located, path }: Place): Problem[] {
  const at = [...path, ...pointerKeys(error.instancePath)];
  if (error.keyword === "additionalProperties") return [];
  if (error.keyword === "boolean") {
    const owner = pick(schema, pointerKeys(error.schemaPath).slice(0, -1));
    return [unknownField(located, at, owner)];
  }
  if (error.keyword === "required") {
    return missingNames(error.params).map((name) => problemMissing(located, [...at, name]));
  }
  const failed = pick(schema, pointerKeys(error.schemaPath));
  return [problemAt(located, at, shapeWords(error, failed, pick(located.value, at)))];
}

function unknownField(located: Located, at: Path, owner: unknown): Problem {
  const properties = pick(owner, ["properties"]) ?? {};
  const known = Object.keys(properties);
  const close = closestWord(at.at(-1) ?? "", known);
  const zh = close ? `没有这个字段，是不是 ${close}？` : `没有这个字段，可用的有 ${known.join("、")}`;
  const en = close ? `unknown field, did you mean ${close}?` : `unknown field, known are ${known.join(", ")}`;
  return problemAtKey(located, at, { zh, en });
}

function missingNames(params: object): string[] {
  const names = "requiredProperties" in params ? params.requiredProperties : [];
  return Array.isArray(names) ? names.map(String) : [];
}

function pointerKeys(pointer: string): string[] {
  const parts = pointer.replace(/^#/, "").split("/").slice(1);
  return parts.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}
