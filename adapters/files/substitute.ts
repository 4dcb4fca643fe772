import type { Environment, FileKind } from "./home-file.ts";
import type { Words } from "./problem.ts";

const WHOLE = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;
const PART = /\$\{[A-Za-z_][A-Za-z0-9_]*\}/;
/** Here a part of a value can only be meant for the environment; in rules it may be text for a shell. */
const STRICT_KINDS: readonly FileKind[] = ["source", "cluster", "groups", "roles", "tokens"];

export type Substitution =
  | { outcome: "plain" }
  | { outcome: "substituted"; value: string }
  /** `shown` is what a person may see of the text. */
  | { outcome: "refused"; shown: string; words: Words };

/** Whether a text is exactly `${NAME}`, so that a file would hold the environment's value in its place. */
export function isPlaceholder(text: string): boolean {
  return WHOLE.test(text);
}

/** Replaces a text that is exactly `${NAME}`. An empty variable counts as unset: no secret is empty. */
export function substitute(text: string, kind: FileKind, env: Environment): Substitution {
  const name = WHOLE.exec(text)?.[1];
  if (name === undefined) return partly(text, kind);
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value !== undefined && value !== "") return { outcome: "substituted", value };
  return {
    outcome: "refused",
    shown: text,
    words: { zh: `环境变量 ${name} 没有设置`, en: `the environment variable ${name} is not set` },
  };
}

function partly(text: string, kind: FileKind): Substitution {
  const part = STRICT_KINDS.includes(kind) ? PART.exec(text)?.[0] : undefined;
  if (part === undefined) return { outcome: "plain" };
  return {
    outcome: "refused",
    shown: part,
    words: {
      zh: `${part} 只能是整个值，不能是一部分`,
      en: `${part} must be the whole value, not a part of it`,
    },
  };
}
