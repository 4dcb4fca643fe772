import type { ParsedNode } from "yaml";
import { type Document, isMap, isScalar, parseDocument } from "yaml";
import { normaliseUserId } from "../../core/people/index.ts";
import { type Policy, policyDigest } from "../../core/policies/index.ts";
import { checkPolicy } from "./check-others.ts";
import { instantMs } from "./check-values.ts";
import { contentOf, shapeProblems } from "./drafts.ts";
import { type Located, problemAt } from "./located.ts";
import { valueAt } from "./look.ts";
import { inOrder, type Problem } from "./problem.ts";
import { readPolicy } from "./read-others.ts";
import { readYaml } from "./read-yaml.ts";

export interface PolicyApproval {
  /** Path of the file, for problems. */
  file: string;
  /** The policy's file as it is. */
  text: string;
  /** userid of the person who approves. */
  by: string;
  /** The moment of the approval. */
  now: Date;
}

export type PolicyApproved =
  | { outcome: "approved"; text: string; policy: Policy }
  | { outcome: "refused"; problems: Problem[] };

/**
 * Writes into a policy's file who approved it, when, and the digest that binds the approval to everything
 * else in it; a file that says nothing of its end gets one, a year from now. Comments and order stay. Refuses a
 * file that is no policy, and one that has expired or would last longer than a year.
 */
export function approvePolicy({ file, text, by, now }: PolicyApproval): PolicyApproved {
  const before = readYaml({ file, kind: "policy", text }, {});
  if (before.outcome === "refused") return before;
  const ending = valueAt(before.located, ["expires"]) === undefined ? { expires: inAYear(now) } : {};
  const signature = { ...ending, approvedBy: normaliseUserId(by), approvedAt: now.toISOString() };
  const unsealed = signed(text, { ...signature, digest: "-" });
  const reading = readYaml({ file, kind: "policy", text: unsealed }, {});
  if (reading.outcome === "refused") return reading;
  const { located } = reading;
  const problems = [...reading.problems, ...shapeProblems(located), ...checkPolicy(located)];
  if (problems.length > 0) return { outcome: "refused", problems: inOrder(problems) };
  const unsigned = readPolicy(contentOf(located, "policy"));
  if ((instantMs(unsigned.expires) ?? 0) <= now.getTime()) {
    return { outcome: "refused", problems: [expired(located)] };
  }
  const policy = { ...unsigned, digest: policyDigest(unsigned) };
  return { outcome: "approved", text: signed(unsealed, { digest: policy.digest }), policy };
}

/** The same day of the next year. */
function inAYear(now: Date): string {
  const end = new Date(now);
  end.setUTCFullYear(end.getUTCFullYear() + 1);
  return end.toISOString();
}

function expired(located: Located): Problem {
  return problemAt(located, ["expires"], {
    zh: "已过期，请先改成将来的时间",
    en: "has expired: set a time to come first",
  });
}

type Signature = Partial<Pick<Policy, "expires" | "approvedBy" | "approvedAt" | "digest">>;

/** Only these values change; everything else stays as the person wrote it, byte for byte. */
function signed(text: string, signature: Signature): string {
  let next = text;
  for (const [key, value] of Object.entries(signature)) {
    next = withValue(next, key, value);
  }
  return next;
}

function withValue(text: string, key: string, value: string): string {
  const document = parseDocument(text);
  const { contents } = document;
  if (!isMap(contents) || contents.flow) return rewritten(document, key, value);
  const node: unknown = contents.get(key, true);
  if (isScalar(node) && node.range) {
    const [start, end] = node.range;
    const before = text[start - 1] === ":" ? " " : "";
    const after = text[end] === "#" ? " " : "";
    return `${text.slice(0, start)}${before}${JSON.stringify(value)}${after}${text.slice(end)}`;
  }
  if (contents.has(key)) return rewritten(document, key, value);
  const at = endOfLine(text, contents.range?.[1] ?? text.length);
  const head = text.slice(0, at);
  const gap = head === "" || head.endsWith("\n") ? "" : "\n";
  return `${head}${gap}${key}: ${JSON.stringify(value)}\n${text.slice(at)}`;
}

/** Where the line ends in which an offset lies; the offset itself at the beginning of a line. */
function endOfLine(text: string, offset: number): number {
  if (text[offset - 1] === "\n") return offset;
  const lineBreak = text.indexOf("\n", offset);
  return lineBreak < 0 ? text.length : lineBreak + 1;
}

/** The way for unusual files: comments stay, but spacing may change. */
function rewritten(document: Document.Parsed<ParsedNode>, key: string, value: string): string {
  document.set(key, value);
  return document.toString({ lineWidth: 0 });
}
