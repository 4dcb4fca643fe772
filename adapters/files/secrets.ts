import { closestWord } from "./closest-word.ts";
import type { FileKind, Path } from "./home-file.ts";

const SECRET_KEY = /^(auth|bearer|token|secret|password|apikey|robotkey)$/i;
const KINDS_WITH_SECRETS: readonly FileKind[] = ["source", "cluster", "groups"];
/** The keys that may stand beside a secret. */
const KNOWN_KEYS = [
  ...["bearer", "apiKey", "user", "password", "chatId", "robotKey", "basic", "query", "header", "hmac"],
  ...["grafana", "sns", "smn", "name", "token", "value", "secret", "signatureHeader", "timestampHeader"],
  ...["windowSeconds", "algorithm", "encoding", "prefix", "signed", "topics", "file"],
];
/** What stands for text that must not be shown. */
export const HIDDEN = "***";

/**
 * Whether a value must never be shown: everything below `auth`, every field named like a secret, the robots'
 * keys, and an address that carries a password.
 */
export function isSecret(kind: FileKind, path: Path, value: unknown): boolean {
  if (kind === "groups") return true;
  if (path.some((key) => SECRET_KEY.test(key))) return true;
  return typeof value === "string" && /:\/\/[^/]*@/.test(value);
}

/**
 * A path as it may be shown. Where a secret is expected, a slip of the pen can make it a key: a key there is
 * only shown when it is, or nearly is, one that belongs there.
 */
export function shownPath(kind: FileKind, path: Path): Path {
  const first = kind === "groups" ? 0 : path.findIndex((key) => SECRET_KEY.test(key));
  if (first < 0 || !KINDS_WITH_SECRETS.includes(kind)) return path;
  return path.map((key, at) => (at <= first || mayBeShown(key) ? key : HIDDEN));
}

function mayBeShown(key: string): boolean {
  return /^\d{1,3}$/.test(key) || closestWord(key, KNOWN_KEYS) !== null;
}

/** Whether the repeated keys of such a file may be shown, of which only the place is known. */
export function mayShowKeys(kind: FileKind): boolean {
  return !KINDS_WITH_SECRETS.includes(kind);
}
