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
    words: notSet(name, kind),
  };
}

function notSet(name: string, kind: FileKind): Words {
  const { zh, en } = FOUND[kind] ?? { zh: "", en: "" };
  return {
    zh: `环境变量 ${name} 没有设置，请写进 .env 或启动环境，启动时读取${zh}`,
    en: `the environment variable ${name} is not set: put it into .env or the environment of the process, which are read at its start${en}`,
  };
}

/** Where the values are found that files of a kind take from the environment. */
const FOUND: Partial<Record<FileKind, Words>> = {
  cluster: {
    zh: "；StackStorm 的 API 地址如 https://st2.example/api，密钥由 st2 apikey create -k 生成",
    en: "; the address of StackStorm's API is such as https://st2.example/api, a key is made by st2 apikey create -k",
  },
  source: {
    zh: "；应与发送方配置里的密钥相同",
    en: "; the sender's configuration holds the same secret",
  },
  groups: {
    zh: "；群机器人的 Webhook 地址里 key= 后面的一段",
    en: "; what follows key= in the webhook address of a group robot",
  },
};

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
