import type { PackContent, PackProblem } from "../pack-content.ts";
import { errorOf, type FetchedRepo } from "./content.ts";
import { filesOf } from "./size.ts";

interface Shape {
  zh: string;
  en: string;
  pattern: RegExp;
}

/** Secrets that are known by how they look. */
const SHAPES: readonly Shape[] = [
  { zh: "私钥", en: "a private key", pattern: /-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----/ },
  { zh: "AWS 密钥 ID", en: "an AWS key id", pattern: /\b(AKIA|ASIA)[0-9A-Z]{16}\b/ },
  { zh: "腾讯云 SecretId", en: "a Tencent Cloud secret id", pattern: /\bAKID[A-Za-z0-9]{32}\b/ },
  { zh: "阿里云 AccessKey", en: "an Aliyun access key", pattern: /\bLTAI[A-Za-z0-9]{12,26}\b/ },
  {
    zh: "Git 平台令牌",
    en: "a token of a git host",
    pattern: /\b(gh[pousr]_[A-Za-z0-9]{36,}|glpat-[\w-]{20,})/,
  },
  { zh: "Slack 令牌", en: "a Slack token", pattern: /\bxox[abprs]-[A-Za-z0-9-]{20,}/ },
  { zh: "企业微信机器人密钥", en: "a WeCom robot's key", pattern: /webhook\/send\?key=[0-9a-f-]{36}/ },
  {
    zh: "地址里的密码",
    en: "a password in an address",
    pattern: /:\/\/[^\s/:@{}$<>"']+:[^\s/:@{}$<>*"']{6,}@/,
  },
];
/** A value that is given to something named like a secret. */
const ASSIGNED =
  /(secret|token|passw(or)?d|api_?key|access_?key|private_?key)["']?\s*[:=]\s*["']?([A-Za-z0-9+/=_-]{20,})/i;
/** Random letters and digits have more than this per sign; words and names have less. */
const RANDOM_BITS = 3.7;
const LONGEST_LINE = 4_000;

/** A line that holds a secret, and which. The secret itself is not told. */
export interface SecretFound {
  line: number;
  zh: string;
  en: string;
}

/** The lines of a text that hold what looks like a secret. */
export function secretsIn(text: string): SecretFound[] {
  if (text.includes("\0")) return [];
  return text.split("\n").flatMap((line, index) => {
    const found = secretOf(line.slice(0, LONGEST_LINE));
    return found ? [{ line: index + 1, ...found }] : [];
  });
}

function secretOf(line: string): { zh: string; en: string } | null {
  const shape = SHAPES.find(({ pattern }) => pattern.test(line));
  if (shape) return { zh: shape.zh, en: shape.en };
  const value = ASSIGNED.exec(line)?.[3] ?? "";
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value) || bitsOf(value) < RANDOM_BITS) return null;
  return { zh: "随机的密钥或令牌", en: "a random key or token" };
}

/** Shannon's entropy of a text in bits per sign. */
function bitsOf(text: string): number {
  const counts = new Map<string, number>();
  for (const sign of text) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

const LARGEST_SCANNED = 1_048_576;

/** Secrets in the files of packs. What is in a repository is in its history for ever: the words say so. */
export function checkSecrets(repos: readonly FetchedRepo[]): PackProblem[] {
  return repos.flatMap((repo) => repo.packs.flatMap((pack) => secretsOf(repo, pack)));
}

function secretsOf({ name, tree }: FetchedRepo, pack: PackContent): PackProblem[] {
  const files = filesOf(tree.files, pack).filter((file) => tree.size(file) <= LARGEST_SCANNED);
  return files.flatMap((file) =>
    secretsIn(tree.read(file)).map(({ line, zh, en }) =>
      errorOf("secret", name, {
        ...{ pack: pack.ref, file, line },
        zh: `像是${zh}：请换掉它（历史里还在），改从密钥库或配置读取`,
        en: `looks like ${en}: replace it, as history keeps it, and read it from a store or the pack's config`,
      }),
    ),
  );
}
