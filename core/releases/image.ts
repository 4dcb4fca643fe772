import { hashOf } from "../ids/index.ts";
import type { PackProblem } from "./pack-content.ts";
import type { PackLock } from "./pack-lock.ts";
import type { PlannedPack } from "./plan.ts";

/** An image that was built of a lock and pushed. */
export interface PackImage {
  /** `b_` and a ULID: the build that made it. */
  build: string;
  lock: PackLock;
  /** Registry, repository and tag; the tag is made of the content and is never given again. */
  name: string;
  /** `sha256:` and 64 hexadecimal digits: what a cluster is told to run. */
  digest: string;
  /** Registry and repository with the digest instead of the tag. */
  reference: string;
  builtAt: string;
  bytes: number;
}

/** Stages of a build, in their order, and its ends. */
export const BUILD_STAGES = [
  ...(["queued", "fetching", "checking", "building", "pushing"] as const),
  ...(["done", "failed", "canceled"] as const),
] as const;
export type BuildStage = (typeof BUILD_STAGES)[number];

/** A build as it is stored and shown. Its log is kept apart. */
export interface Build {
  /** `b_` and a ULID. */
  id: string;
  set: string;
  lock: PackLock;
  by: string;
  at: string;
  stage: BuildStage;
  since: string;
  /** How often a process took it up: more than once where one died over it. */
  takes: number;
  /** The process that took it up last, which has its log. */
  worker?: string;
  cancelBy?: string;
  problem?: string;
  /** What the checks found, errors first; at most `MOST_PROBLEMS` of them. */
  problems?: readonly PackProblem[];
  image?: PackImage;
  /** What the image holds, once it was checked. */
  packs?: readonly PlannedPack[];
  /** Its end stands in the audit log, and whoever ordered it was told. */
  told?: true;
}

/** So many problems are kept with a build. */
export const MOST_PROBLEMS = 100;

/** Whether a build is over. */
export function isOver({ stage }: Pick<Build, "stage">): boolean {
  return stage === "done" || stage === "failed" || stage === "canceled";
}

/** How packs become trees of files in an image, as their engine has it. */
export interface ImageRecipe {
  /** Raised whenever the same lock would give another image than before: it is part of the tag. */
  version: string;
  /** The folder in the builder where packs are laid before they are installed, each in a folder of its name. */
  staging: string;
  /** What is run in the builder to install one pack, program first. A status other than 0 fails the build. */
  install(pack: string): readonly string[];
  /** What the install finds in its environment, beside what the settings give it. */
  env: Readonly<Record<string, string>>;
  /** Folders in which the install leaves one folder per pack. They, and nothing else, are brought into the image. */
  trees: readonly string[];
}

/** Where in every image its bill of materials stands. */
export const BILL_PATH = "/usr/share/whale/bill.cdx.json";

/** A package that an install brought into a pack's own environment. */
export interface InstalledPackage {
  pack: string;
  name: string;
  version: string;
}

/** sha256 over everything that a lock says. */
export function lockDigest(lock: PackLock): string {
  return `sha256:${hashOf(lock)}`;
}

/** The tag of a lock's image: another lock, base, strategy or recipe has another tag. */
export function imageTag(lock: PackLock, recipe: Pick<ImageRecipe, "version">): string {
  return hashOf({ lock, recipe: recipe.version }).slice(0, TAG_DIGITS);
}

/** Enough that nobody finds two locks of one tag, and short enough to be read out. */
const TAG_DIGITS = 32;

/** What the image says of itself: every repository's commit, every pack's version, and what it was made with. */
export function imageLabels(lock: PackLock, recipe: Pick<ImageRecipe, "version">): Record<string, string> {
  const [first, ...others] = lock.repos;
  const alone = first && others.length === 0 ? first : null;
  return {
    "org.opencontainers.image.title": lock.set,
    "org.opencontainers.image.version": imageTag(lock, recipe),
    "org.opencontainers.image.revision": alone ? alone.commit : lockDigest(lock),
    ...(alone ? { "org.opencontainers.image.source": plainUrl(alone.url) } : {}),
    "whale.set": lock.set,
    "whale.lock": lockDigest(lock),
    "whale.strategy": lock.strategy,
    "whale.recipe": recipe.version,
    "whale.builder": lock.base.builder,
    "whale.bill": BILL_PATH,
    ...Object.fromEntries(lock.repos.map(({ name, commit }) => [`whale.repo.${name}`, commit])),
    ...Object.fromEntries(packsOf(lock).map(({ ref, version }) => [`whale.pack.${ref}`, version])),
  };
}

/** The packs of a lock in the order in which they are installed. */
export function packsOf(lock: PackLock) {
  return lock.repos.flatMap(({ packs, ...repo }) => packs.map((pack) => ({ ...pack, repo })));
}

/** An address without the name and password that somebody may have written into it. */
export function plainUrl(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, "$1");
}
