import type { PeopleApproval } from "../approvals/index.ts";

/**
 * How packs reach the workers: `packs-image` is an image of packs alone that an init container copies from,
 * `worker-image` is the workers' own image with the packs inside (reference/stackstorm.md section 13.2, A and C).
 */
export const STRATEGIES = ["packs-image", "worker-image"] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** A git repository that holds one pack, or several. */
export interface PackRepo {
  /** Unique in its set; what people call it. */
  name: string;
  /**
   * `https://…`, `ssh://…`, `git@host:path`, or a folder of this machine: an absolute path, or one from WHALE_HOME that
   * begins with `./`.
   */
  url: string;
  /** Below which folders of this machine it may stand, where its url is a folder. None when absent. */
  folders?: readonly string[];
  /** What of it: a branch, a tag, a commit; or the highest tag within a range of semantic versions. */
  at: { ref: string } | { range: string };
  /** Folders that hold a pack each, from the repository's root; `x/*` is each folder below `x`. `["."]` when absent. */
  paths?: readonly string[];
  /** Own key or token, by the name of the environment variable or the absolute path of the file that holds it. */
  auth?: { token: string } | { sshKeyFile: string; knownHostsFile: string };
}

/** What is looked at before a set is built; all of it unless left out here, with who may know why. */
export interface PackChecks {
  /** Rules of checks that are left out, by their names, each with the reason. */
  except?: Readonly<Record<string, string>>;
}

/** Several repositories that become one image for the workers of some clusters. */
export interface PackSet {
  id: string;
  title: string;
  owner?: string;
  /** In their order; two packs of one name are refused, whichever comes first. */
  repos: readonly PackRepo[];
  strategy: Strategy;
  /** Where the image goes: registry and repository, without a tag. */
  image: string;
  /** What the image is made with and from, each fixed by a digest or a tag that is never reused. */
  base: { builder: string; runtime: string };
  /** In the order in which a release goes over them. */
  clusters: readonly string[];
  /** An action without effect, of one of its packs, that is run after a release; absent: the cluster's own canary alone. */
  canary?: { action: string; parameters?: Readonly<Record<string, unknown>> };
  checks: PackChecks;
  /** How long each cluster's drain may take in a release; null: without a deadline. */
  drainMs: number | null;
  /** Who has to approve a release; nobody alone approves what they asked for. */
  approval: PeopleApproval;
}
