import { hasExpired, normaliseUserId, tokenHash } from "../../core/people/index.ts";
import { parseDuration } from "../../core/time/index.ts";
import { checkTokens } from "./check-people.ts";
import { shapeProblems } from "./drafts.ts";
import { type Located, problemAt } from "./located.ts";
import { textAt } from "./look.ts";
import { inOrder, type Problem } from "./problem.ts";
import { readYaml } from "./read-yaml.ts";

export interface TokenRequest {
  /** The token itself; only its hash goes into the entry. */
  token: string;
  /** Userid of the person whose roles it limits. */
  user: string;
  /** As a file writes them: `events.read`, `events.*`, `*`. */
  rights: readonly string[];
  /** A duration from now such as `90d`, or a date or instant. */
  expires: string;
  now: Date;
}

export type TokenEntry =
  | { outcome: "made"; id: string; text: string }
  /** `message` says of each field what is wrong with it, a line each. */
  | { outcome: "refused"; message: string };

/** The lines that a token needs in tokens.yaml, after the same checks that the file goes through. */
export function tokenEntry(request: TokenRequest): TokenEntry {
  const { token, user, rights, expires, now } = request;
  const hash = tokenHash(token);
  const userId = normaliseUserId(user);
  const id = `${slugOf(userId)}-${hash.slice(0, 8)}`;
  const text = entryText({ id, hash, user: userId, rights, expires: endOf(expires, now) });
  const problems = problemsOf(text, now);
  if (problems.length === 0) return { outcome: "made", id, text };
  return { outcome: "refused", message: problems.map(line).join("\n") };
}

function slugOf(userId: string): string {
  const slug = userId.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  return slug === "" ? "token" : slug.slice(0, 40);
}

/** What is no duration, or leads past the end of time, is left as it is: the check says what it should be. */
function endOf(expires: string, now: Date): string {
  const end = new Date(now.getTime() + (parseDuration(expires) ?? Number.NaN));
  return Number.isNaN(end.getTime()) ? expires : end.toISOString();
}

interface Entry {
  id: string;
  hash: string;
  user: string;
  rights: readonly string[];
  expires: string;
}

function entryText({ id, hash, user, rights, expires }: Entry): string {
  const lines = [
    `- id: ${JSON.stringify(id)}`,
    `  hash: ${JSON.stringify(hash)}`,
    `  user: ${JSON.stringify(user)}`,
    `  rights: [${rights.map((right) => JSON.stringify(right)).join(", ")}]`,
    `  expires: ${JSON.stringify(expires)}`,
  ];
  return lines.map((line) => `  ${line}\n`).join("");
}

function problemsOf(text: string, now: Date): Problem[] {
  const reading = readYaml({ file: "tokens.yaml", kind: "tokens", text: `tokens:\n${text}` }, {});
  if (reading.outcome === "refused") return reading.problems;
  const { located } = reading;
  const problems = [...reading.problems, ...shapeProblems(located), ...checkTokens(located)];
  return inOrder(problems.length > 0 ? problems : checkEnd(located, now));
}

const EXPIRES = ["tokens", "0", "expires"];

function checkEnd(located: Located, now: Date): Problem[] {
  const expires = textAt(located, EXPIRES) ?? "";
  if (!hasExpired({ expires }, now.getTime())) return [];
  return [problemAt(located, EXPIRES, { zh: "应在将来", en: "must lie in the future" })];
}

function line({ field, value, message, messageEn }: Problem): string {
  const name = field.replace(/^tokens\[0\]\.?/, "");
  return `${name}${value === "" ? "" : ` = ${value}`}: ${message} (${messageEn ?? message})`;
}
