import { tmpdir } from "node:os";

/** How git is run. */
export interface GitOptions {
  /** WHALE_HOME: where addresses that begin with `./` start. */
  home: string;
  /** The value of an environment variable that a repository's `auth.token` names; undefined when it is not set. */
  secretOf: (name: string) => string | undefined;
  /** The program; `git` when absent. */
  program?: string;
  /** Where programs are looked for; the system's usual folders when absent. */
  path?: string;
  /** Where repositories stand while they are fetched; the system's folder for such things when absent. */
  scratch?: string;
  /** How often a fetch is measured while it grows, in milliseconds; 200 when absent. */
  lookEveryMs?: number;
}

export type ReadyGit = Required<GitOptions>;

const DEFAULTS = {
  program: "git",
  path: "/usr/local/bin:/usr/bin:/bin",
  lookEveryMs: 200,
} as const;

/** Options with what was left out. */
export function withDefaults(options: GitOptions): ReadyGit {
  return { ...DEFAULTS, scratch: tmpdir(), ...options };
}
