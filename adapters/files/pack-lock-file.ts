import { join } from "node:path";
import Type from "typebox";
import { stringify } from "yaml";
import { type PackLock, STRATEGIES } from "../../core/releases/index.ts";
import { MAX_FILE_BYTES } from "./home-folders.ts";
import { formatProblems } from "./problem.ts";
import { readYaml } from "./read-yaml.ts";
import { shaped } from "./schema.ts";
import { shapeOf } from "./shape.ts";
import { readText, replaceFile } from "./write-file.ts";

const closed = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1 });
const Commit = shaped("^([0-9a-f]{40}|[0-9a-f]{64})$", "应为提交的全名", "must be the full name of a commit");
const PackRef = shaped(
  "^[a-z0-9_]{1,64}$",
  "应为小写字母、数字、_",
  "must be lower-case letters, digits and _",
);
const PackPath = shaped(
  "^(\\.|(?!.*(^|/)\\.{1,2}(/|$))[^/\\\\\\s][^\\\\]*)$",
  "应为仓库里的目录",
  "must be a folder of the repository",
);

const LockShape = Type.Object(
  {
    set: Text,
    strategy: Type.Enum([...STRATEGIES]),
    base: Type.Object({ builder: Text, runtime: Text }, closed),
    repos: Type.Array(
      Type.Object(
        {
          ...{ name: Text, url: Text, ref: Text, commit: Commit },
          packs: Type.Array(Type.Object({ ref: PackRef, version: Text, path: PackPath }, closed)),
        },
        closed,
      ),
    ),
  },
  closed,
);
const SHAPE = shapeOf<PackLock>(LockShape);

const HEAD =
  "# 由 whale packs lock 写入，请提交到版本库 · written by whale packs lock: keep it under version control\n";

/** The lock of a set, or why its file cannot be read. */
export type LockReading =
  | { outcome: "read"; lock: PackLock }
  | { outcome: "absent" }
  | { outcome: "refused"; message: string };

/** Where the lock of a set stands, below the home folder. */
export function packLockFile(set: string): string {
  return `packsets/${set}.lock.yaml`;
}

/** Reads the lock of a set. */
export async function readPackLock(dir: string, set: string): Promise<LockReading> {
  const file = packLockFile(set);
  const text = await readText(join(dir, file));
  if (text === null) return { outcome: "absent" };
  if (Buffer.byteLength(text) > MAX_FILE_BYTES)
    return { outcome: "refused", message: `${file}: 文件超过 1 MB (larger than 1 MB)` };
  return parsePackLock(text, set);
}

/** A lock as its text says. It must be this set's: else a copied file would build another. */
export function parsePackLock(text: string, set: string): LockReading {
  const file = packLockFile(set);
  const reading = readYaml({ file, kind: "pack-set", text }, {});
  const problems =
    reading.outcome === "refused"
      ? reading.problems
      : [...reading.problems, ...SHAPE.problems(reading.located)];
  if (reading.outcome === "refused" || problems.length > 0)
    return { outcome: "refused", message: formatProblems(problems) };
  const lock = SHAPE.read(reading.located);
  if (lock.set === set) return { outcome: "read", lock };
  const message = `${file}: 是共享 Pack ${lock.set} 的锁 (is the lock of the set ${lock.set})`;
  return { outcome: "refused", message };
}

/** A lock as text; the same lock gives the same text. */
export function packLockText({ set, strategy, base, repos }: PackLock): string {
  const plain = {
    ...{ set, strategy, base: { builder: base.builder, runtime: base.runtime } },
    repos: repos.map(({ name, url, ref, commit, packs }) => ({
      ...{ name, url, ref, commit },
      packs: packs.map((pack) => ({ ref: pack.ref, version: pack.version, path: pack.path })),
    })),
  };
  return HEAD + stringify(plain, { lineWidth: 0, defaultStringType: "PLAIN", defaultKeyType: "PLAIN" });
}

/** Writes a lock beside its set, whole or not at all. Throws `files.write_failed`. */
export async function writePackLock(dir: string, lock: PackLock): Promise<void> {
  await replaceFile(join(dir, packLockFile(lock.set)), packLockText(lock));
}
