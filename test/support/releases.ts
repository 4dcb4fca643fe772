import { shortApproval } from "../../core/approvals/index.ts";
import type { LivePart, RegisteredPack } from "../../core/ports/index.ts";
import { type PackImage, type Release, type ReleaseTerms, termsHash } from "../../core/releases/index.ts";
import type { Decision } from "../../core/tasks/index.ts";

export const RELEASE_AT = "2026-11-01T00:00:00.000Z";

/** A pack as clusters know it, with these actions. */
export function aPack(ref: string, version: string, ...actions: string[]): RegisteredPack {
  return { ref, version, items: actions.map((name) => ({ kind: "action", ref: `${ref}.${name}` })) };
}

export function anImage(digit: string, version: string): PackImage {
  const digest = `sha256:${digit.repeat(64)}`;
  return {
    ...{
      build: `b_${digit.repeat(26)}`,
      digest,
      name: `reg/packs:${digit}`,
      reference: `reg/packs@${digest}`,
    },
    ...{ builtAt: RELEASE_AT, bytes: 1 },
    lock: {
      ...{ set: "shared", strategy: "packs-image", base: { builder: "b@1", runtime: "r@1" } },
      repos: [
        {
          ...{ name: "disk", url: "https://git/disk", ref: "main", commit: digit.repeat(40) },
          packs: [{ ref: "disk", version, path: "." }],
        },
      ],
    },
  };
}

export function theTerms(change: Partial<ReleaseTerms> = {}): ReleaseTerms {
  return {
    ...{ image: anImage("2", "2.0.0"), strategy: "packs-image", clusters: ["hz", "bj"], drainMs: null },
    plan: {
      lines: [
        { zh: "涉及：规则 vm-disk-cleanup", en: "touches: rule vm-disk-cleanup" },
        { zh: "disk 1.0.0 → 2.0.0", en: "disk 1.0.0 → 2.0.0" },
      ],
    },
    packs: [aPack("disk", "2.0.0", "cleanup", "usage")],
    approval: shortApproval({
      ...{ from: { users: ["lisi", "zhaoliu"] }, need: 1, timeoutMs: 3_600_000, onTimeout: "reject" },
    }),
    ...change,
  };
}

export function aRelease(change: Partial<Release> = {}): Release {
  const terms = theTerms();
  const nowMs = Date.parse(RELEASE_AT);
  const made: Release = {
    ...{
      ...terms,
      id: `r_${"a".repeat(26)}`,
      set: "shared",
      title: "共享",
      by: "user:wangwu",
      at: RELEASE_AT,
    },
    ...{ why: "", hash: "", round: 1, decisions: [], escalated: 0, askedAtMs: nowMs, stage: "asked" },
    ...{
      step: "draining",
      index: 0,
      since: RELEASE_AT,
      pausing: false,
      back: null,
      places: {},
      problem: null,
    },
    ...{ last: { what: "ask", by: "user:wangwu", at: RELEASE_AT }, ...change },
  };
  return { ...made, hash: termsHash(made) };
}

export function aDecision(release: Release, by: string, change: Partial<Decision> = {}): Decision {
  const { round, hash } = release;
  const made = { verdict: "approve" as const, by, atMs: release.askedAtMs, hash, round };
  return { ...made, clickKey: `${by}/${round}`, groups: ["approvers"], ...change };
}

export const OLD_IMAGE = "reg/packs@sha256:old";
export const oldParts: readonly LivePart[] = [
  { role: "workers", workload: "st2actionrunner", image: OLD_IMAGE, release: null, replicas: 3 },
  { role: "api", workload: "st2api", image: OLD_IMAGE, release: null, replicas: 2 },
  { role: "client", workload: "st2client", image: OLD_IMAGE, release: null, replicas: 1 },
];
