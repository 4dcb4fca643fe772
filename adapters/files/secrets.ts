import { closestWord } from "./closest-word.ts";
import type { FileKind, Path } from "./home-file.ts";

const SECRET_KEY = /^(auth|bearer|token|secret|password|apikey)$/i;
const KINDS_WITH_SECRETS: readonly FileKind[] = [
  "source",
  "cluster",
  "roster",
  "groups",
  "tokens",
  "pack-set",
];
/** The keys that may stand beside a secret. */
const KNOWN_KEYS = [
  ...[
    "bearer",
    "apiKey",
    "user",
    "password",
    "appchat",
    "robot",
    "aibot",
    "basic",
    "query",
    "header",
    "hmac",
  ],
  ...["grafana", "sns", "smn", "name", "token", "value", "secret", "signatureHeader", "timestampHeader"],
  ...["windowSeconds", "algorithm", "encoding", "prefix", "signed", "topics", "file"],
  ...["tokens", "id", "hash", "rights", "expires", "sshKeyFile", "knownHostsFile"],
];
const MAX_SHOWN_OF_TOKEN = 32;
/** What stands for text that must not be shown. */
export const HIDDEN = "***";

/**
 * Whether a value must never be shown: everything below `auth`, every field named like a secret, the robots'
 * keys, and an address that carries a password.
 */
export function isSecret(kind: FileKind, path: Path, value: unknown): boolean {
  if (kind === "groups") return true;
  if (kind === "tokens") return !mayShowOfToken(path, value);
  if (path.some((key) => SECRET_KEY.test(key))) return true;
  return typeof value === "string" && /:\/\/[^/]*@/.test(value);
}

/** A token may have been put into any field; of what cannot be one, being too short, its rights and its end are shown. */
function mayShowOfToken(path: Path, value: unknown): boolean {
  const shown = path.includes("rights") || path.at(-1) === "expires";
  return shown && !(typeof value === "string" && value.length > MAX_SHOWN_OF_TOKEN);
}

/**
 * A path as it may be shown. Where a secret is expected, a slip of the pen can make it a key: a key there is
 * only shown when it is, or nearly is, one that belongs there.
 */
export function shownPath(kind: FileKind, path: Path): Path {
  const from = firstDoubtful(kind, path);
  return path.map((key, at) => (at < from || mayBeShown(key) ? key : HIDDEN));
}

/** From which of its keys on a path may hold a secret. */
function firstDoubtful(kind: FileKind, path: Path): number {
  if (kind === "tokens") return 0;
  if (kind === "groups") return 1;
  const at = path.findIndex((key) => SECRET_KEY.test(key));
  return at < 0 || !KINDS_WITH_SECRETS.includes(kind) ? path.length : at + 1;
}

function mayBeShown(key: string): boolean {
  return /^\d{1,3}$/.test(key) || closestWord(key, KNOWN_KEYS) !== null;
}

/** Whether the repeated keys of such a file may be shown, of which only the place is known. */
export function mayShowKeys(kind: FileKind): boolean {
  return !KINDS_WITH_SECRETS.includes(kind);
}
