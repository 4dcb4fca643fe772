import { maxSatisfying, valid } from "semver";
import type { ResolveOutcome } from "../../core/ports/index.ts";
import type { PackRepo } from "../../core/releases/index.ts";
import { accessTo } from "./access.ts";
import type { ReadyGit } from "./config.ts";
import { gitError, troubleOf } from "./errors.ts";
import { runGit } from "./run-git.ts";

/** The commit that a repository's ref or range stands at now. */
export async function resolveRepo(
  repo: PackRepo,
  git: ReadyGit,
  signal: AbortSignal,
): Promise<ResolveOutcome> {
  try {
    const { at } = repo;
    const { ref, commit } = await ("ref" in at
      ? namedRef(repo, at.ref, { git, signal })
      : highestTag(repo, at.range, { git, signal }));
    return { outcome: "resolved", ref, commit };
  } catch (error) {
    return troubleOf(error, ["absent", "unreachable"]);
  }
}

interface Asking {
  git: ReadyGit;
  signal: AbortSignal;
}

interface Ref {
  ref: string;
  commit: string;
}

const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
/** A name that could be an option, or a pattern of several. */
const REF = /^(?![-/.])(?!.*(\.\.|@\{|\/\/))[A-Za-z0-9_./+-]+$/;

async function namedRef(repo: PackRepo, name: string, asking: Asking): Promise<Ref> {
  // That it is there shows when it is fetched.
  if (COMMIT.test(name)) return { ref: name, commit: name };
  if (!REF.test(name)) throw gitError("refused", `${JSON.stringify(name)} 不是引用名 (is no name of a ref)`);
  const wanted =
    name === "HEAD" || name.startsWith("refs/") ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`];
  const refs = await refsOf(repo, wanted, asking);
  const found = wanted.flatMap((ref) => {
    const commit = refs.get(ref);
    return commit === undefined ? [] : [{ ref, commit }];
  });
  if (found.length > 1) {
    throw gitError(
      "refused",
      `${name} 既是分支也是标签，请写 refs/heads/… 或 refs/tags/… (is a branch and a tag)`,
    );
  }
  const [only] = found;
  if (!only) throw gitError("absent", `仓库里没有 ${name} (the repository has no such branch or tag)`);
  return only;
}

async function highestTag(repo: PackRepo, range: string, asking: Asking): Promise<Ref> {
  const refs = await refsOf(repo, ["refs/tags/*"], asking);
  const tags = [...refs].flatMap(([ref, commit]) => {
    const version = valid(ref.slice("refs/tags/".length));
    return version === null ? [] : [{ ref, commit, version }];
  });
  const best = maxSatisfying(
    tags.map(({ version }) => version),
    range,
  );
  const [first, ...others] = tags.filter(({ version }) => version === best);
  if (!first) throw gitError("absent", `没有标签在 ${range} 之内 (no tag is within the range)`);
  const other = others.find(({ commit }) => commit !== first.commit);
  if (!other) return first;
  throw gitError("refused", `${first.ref} 和 ${other.ref} 是同一版本、不同提交 (one version, two commits)`);
}

/** Refs by their full names; of an annotated tag the commit behind it. */
async function refsOf(
  repo: PackRepo,
  patterns: readonly string[],
  { git, signal }: Asking,
): Promise<Map<string, string>> {
  const { url, env, secrets } = await accessTo(repo, git);
  const peeled = patterns.map((one) => `${one}^{}`);
  const args = ["ls-remote", "--quiet", "--", url, ...patterns, ...peeled];
  const out = await runGit({ program: git.program, args, cwd: git.scratch, env, signal, secrets });
  const lines = out
    .toString()
    .split("\n")
    .map((line) => line.split("\t"));
  const refs = new Map<string, string>();
  for (const [commit = "", ref = ""] of lines) if (COMMIT.test(commit)) refs.set(ref, commit);
  for (const [ref, commit] of refs) {
    if (!ref.endsWith("^{}")) continue;
    refs.set(ref.slice(0, -3), commit);
    refs.delete(ref);
  }
  return refs;
}
