import { hashOf } from "../ids/index.ts";
import { errorOf } from "./checks/content.ts";
import type { PackProblem } from "./pack-content.ts";
import type { LockedRepo, PackLock } from "./pack-lock.ts";
import type { PackSet } from "./pack-set.ts";

interface Words {
  zh: string;
  en: string;
}

/** Where a set was changed after it was locked. A build of the lock would not be what the set says. */
export function lockFaults(set: PackSet, lock: PackLock): PackProblem[] {
  const again = {
    zh: `共享 Pack 改过，锁还是旧的：先执行 whale packs lock ${set.id}`,
    en: `the set was changed after it was locked: run whale packs lock ${set.id}`,
  };
  const asked = set.repos.map(({ name, url }) => ({ name, url }));
  const locked = lock.repos.map(({ name, url }) => ({ name, url }));
  const isSame =
    lock.strategy === set.strategy &&
    hashOf(lock.base) === hashOf(set.base) &&
    hashOf(asked) === hashOf(locked);
  return isSame ? [] : [errorOf("lock", "", again)];
}

/** What a new lock changes against the one before; without one, everything is new. */
export function lockMoves(before: PackLock | null, after: PackLock): Words[] {
  const old = new Map(before?.repos.map((repo) => [repo.name, repo]));
  const kept = new Set(after.repos.map(({ name }) => name));
  const gone = [...old.keys()].filter((name) => !kept.has(name));
  return [
    ...after.repos.flatMap((repo) => repoMoves(old.get(repo.name), repo)),
    ...gone.map((name) => ({ zh: `${name} 去掉`, en: `${name} removed` })),
  ];
}

function repoMoves(old: LockedRepo | undefined, { name, ref, commit, packs }: LockedRepo): Words[] {
  if (!old) {
    const at = `${ref} ${commit.slice(0, 12)} (${packs.map(versionText).join(", ")})`;
    return [{ zh: `${name} 新增 ${at}`, en: `${name} added at ${at}` }];
  }
  if (old.commit === commit) return [];
  const moved = `${old.commit.slice(0, 12)} → ${commit.slice(0, 12)} (${ref})`;
  const versions = packs.flatMap((pack) => {
    const was = old.packs.find((one) => one.ref === pack.ref)?.version;
    return was === pack.version ? [] : [`${pack.ref} ${was ?? "-"} → ${pack.version}`];
  });
  const text = [`${name} ${moved}`, ...versions].join(", ");
  return [{ zh: text, en: text }];
}

function versionText({ ref, version }: { ref: string; version: string }): string {
  return `${ref} ${version}`;
}
