import { join } from "node:path";
import { openTree } from "../../adapters/git/index.ts";
import { packFormat } from "../../adapters/stackstorm/index.ts";
import type { Build, PackImage, PackLock } from "../../core/releases/index.ts";

const AT = "2026-11-01T00:00:00.000Z";
const SAMPLES = join(import.meta.dirname, "..", "..", "fixtures", "packs");

/** What a build of the sample packs was made of. */
export interface BuiltOf {
  /** `b_` and a ULID. */
  id: string;
  set: { id: string; image: string; base: PackLock["base"]; url: string };
  digest: string;
  tag: string;
}

/** A finished build of the sample packs, as the store keeps it. */
export async function aFinishedBuild({ id, set, digest, tag }: BuiltOf): Promise<Build> {
  const tree = await openTree("packs", SAMPLES);
  const { packs } = packFormat.read(tree, ["disk", "dmesg"]);
  const locked = packs.map(({ ref, version }) => ({ ref, version, path: ref }));
  const repo = { name: "packs", url: set.url, ref: "refs/heads/main", commit: "a".repeat(40), packs: locked };
  const lock: PackLock = { set: set.id, strategy: "packs-image", base: set.base, repos: [repo] };
  const image: PackImage = {
    ...{ build: id, lock, name: `${set.image}:${tag}`, digest, reference: `${set.image}@${digest}` },
    ...{ builtAt: AT, bytes: 1 },
  };
  const items = packs.map(({ ref, version, items: held }) => ({
    ...{ ref, version },
    items: held.map(({ kind, ref: of, parameters }) => ({ kind, ref: of, parameters })),
  }));
  return {
    ...{ id, set: set.id, lock, by: "user:wangwu", at: AT, stage: "done", since: AT, takes: 1 },
    ...{ image, packs: items },
  };
}
