import type { HomeFile } from "../../adapters/files/index.ts";
import type { AuditVerb } from "../../core/audit/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import { type Policy, policyDigest } from "../../core/policies/index.ts";
import type { Audit, Clock, ConfigStore } from "../../core/ports/index.ts";
import {
  BY_FILE,
  type ConfigChange,
  type ConfigName,
  type ConfigVersion,
  nextVersion,
  VERSIONED_KINDS,
  type VersionedKind,
} from "../../core/versions/index.ts";

export interface RecordDeps {
  configs: ConfigStore;
  audit: Audit;
  clock: Clock;
}

/** Who changed a thing, and what the audit log calls it. */
export interface Deed {
  by: string;
  what: AuditVerb;
  /** What else the audit log is told. */
  detail?: JsonObject;
}

/** Tells whose deed a change of this thing is; `before` is its text until now, null when there was none. */
export type Author = (of: ConfigName, before?: string | null) => Deed;

/** Files say what changed, not who did it. */
export const byHand: Author = () => ({ by: BY_FILE, what: "config.edit" });

/** The same, but that a policy whose approval is new was approved, whoever has written the file. */
export function approvalsSeen(policies: readonly Policy[], author: Author): Author {
  return (of, before) => {
    const policy = of.kind === "policy" && policies.find(({ id }) => id === of.name);
    if (!policy || policyDigest(policy) !== policy.digest) return author(of, before);
    if (before?.includes(policy.digest)) return author(of, before);
    const { approvedBy, approvedAt, expires, digest, actions } = policy;
    const detail = { approvedBy, approvedAt, expires, approved: digest, actions: [...actions] };
    return { by: author(of, before).by, what: "policies.approve", detail };
  };
}

interface Step {
  change: ConfigChange;
  version: ConfigVersion;
  what: AuditVerb;
  detail?: JsonObject;
}

/**
 * Compares the files with the newest versions, and records and audits each difference, a missing file as
 * retired. Returns what was new; nothing when the files are as they were.
 */
export async function recordVersions(
  files: readonly HomeFile[],
  deps: RecordDeps,
  author: Author,
): Promise<ConfigVersion[]> {
  const at = new Date(deps.clock.nowMs()).toISOString();
  const steps: Step[] = [];
  for (const kind of VERSIONED_KINDS) {
    const latest = await deps.configs.latest(kind);
    steps.push(...stepsOf(kind, { files, latest, at, author }));
  }
  // All in one turn, so that the embedded store makes one write of it.
  await Promise.all(steps.flatMap((step) => [deps.configs.record(step.change), auditStep(step, deps.audit)]));
  return steps.map(({ version }) => version);
}

function stepsOf(
  kind: VersionedKind,
  given: { files: readonly HomeFile[]; latest: readonly ConfigVersion[]; at: string; author: Author },
): Step[] {
  const { files, at, author } = given;
  const latest = new Map(given.latest.map((version) => [version.name, version]));
  const texts = new Map(files.filter((file) => file.kind === kind).map(({ name, text }) => [name, text]));
  const names = new Set([...texts.keys(), ...latest.keys()]);
  return [...names].flatMap((name) => {
    const before = latest.get(name);
    const living = before && before.change !== "retired" ? before.text : null;
    const { by, what, detail } = author({ kind, name }, living);
    const change = { kind, name, at, by, text: texts.get(name) ?? null };
    const version = nextVersion(before ?? null, change);
    return version ? [{ change, version, what, ...(detail ? { detail } : {}) }] : [];
  });
}

function auditStep({ version, what, detail }: Step, audit: Audit): Promise<unknown> {
  const { kind, name, no, at, by, change, digest } = version;
  return audit.append({
    at,
    who: by,
    what,
    object: name,
    detail: { kind, version: no, change, digest, ...detail },
  });
}
