import { isUtf8 } from "node:buffer";
import { isAbsolute } from "node:path";
import { errorCode } from "../../core/errors.ts";
import { isJsonObject, type Json, pick } from "../../core/ids/index.ts";
import type { Drafts } from "./drafts.ts";
import type { Path } from "./home-file.ts";
import { type ReadFile, readBounded } from "./home-folders.ts";
import { type Located, problemAt, type Spot, spotKey, spotOf } from "./located.ts";
import { keysAt } from "./look.ts";
import type { Problem, Words } from "./problem.ts";

/** The longest secret that is read from a file. */
const MAX_SECRET_BYTES = 4_096;

/** Puts the content of the named file in the place of each `{ file: … }` below a source's `auth`. */
export async function readSecretFiles(drafts: Drafts, readFile: ReadFile = readBounded): Promise<Drafts> {
  const problems: Problem[] = [];
  const located: Located[] = [];
  for (const one of drafts.located) {
    located.push(one.kind === "source" ? await withSecrets(one, readFile, problems) : one);
  }
  return { ...drafts, located, problems: [...drafts.problems, ...problems] };
}

async function withSecrets(source: Located, readFile: ReadFile, problems: Problem[]): Promise<Located> {
  let changed = source;
  for (const path of secretFilesBelow(source, ["auth"])) {
    const file = String(pick(source.value, [...path, "file"]));
    const read = await readSecret(file, readFile);
    if (typeof read === "string") changed = replaced(changed, path, { text: read, file });
    else problems.push(problemAt(source, path, read));
  }
  return changed;
}

/** Paths of the objects whose only key is `file`; the form itself is none. */
function secretFilesBelow(source: Located, path: Path): Path[] {
  const keys = keysAt(source, path);
  const file = pick(source.value, [...path, "file"]);
  if (path.length > 1 && keys.length === 1 && typeof file === "string") return [path];
  return keys.flatMap((key) => secretFilesBelow(source, [...path, key]));
}

async function readSecret(file: string, readFile: ReadFile): Promise<string | Words> {
  if (!isAbsolute(file)) return { zh: "file 应为绝对路径", en: "file must be an absolute path" };
  try {
    return secretOf(await readFile(file));
  } catch (error) {
    const code = errorCode(error);
    return { zh: `读不了这个文件：${code}`, en: `cannot read this file: ${code}` };
  }
}

function secretOf(bytes: Uint8Array): string | Words {
  if (bytes.length > MAX_SECRET_BYTES) {
    return {
      zh: `文件超过 ${MAX_SECRET_BYTES} 字节`,
      en: `the file is larger than ${MAX_SECRET_BYTES} bytes`,
    };
  }
  if (!isUtf8(bytes)) return { zh: "文件不是 UTF-8 编码", en: "the file is not UTF-8" };
  const text = new TextDecoder().decode(bytes).replace(/\r?\n$/, "");
  return text.trim() === "" ? { zh: "文件是空的", en: "the file is empty" } : text;
}

function replaced(source: Located, path: Path, { text, file }: { text: string; file: string }): Located {
  const spot: Spot = { ...spotOf(source, path), placeholder: `file: ${file}` };
  const spots = new Map(source.spots).set(spotKey(path), spot);
  return { ...source, value: withValue(source.value, path, text), spots };
}

function withValue(value: Json, [key, ...rest]: Path, text: string): Json {
  if (key === undefined) return text;
  const inner = isJsonObject(value) ? value[key] : undefined;
  return isJsonObject(value) ? { ...value, [key]: withValue(inner ?? null, rest, text) } : value;
}
