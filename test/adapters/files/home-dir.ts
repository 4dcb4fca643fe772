import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { cronFault } from "../../../adapters/cron/index.ts";
import { formatProblems, type Home, loadHome, type Problem } from "../../../adapters/files/index.ts";
import { policyDigest } from "../../../core/policies/index.ts";

/** The instant at which test homes are loaded. */
export const NOW_MS = Date.UTC(2026, 10, 20);

/** Files by path; null leaves one of the sound home out. */
export type Files = Readonly<Record<string, string | Uint8Array | null>>;

const POLICY = {
  id: "read-only",
  actions: ["disk.show"],
  mode: "auto" as const,
  approvedBy: "wangwu",
  approvedAt: "2026-01-01",
  expires: "2027-01-01",
};

/** A policy file that a person has approved. */
export function aPolicy(overrides: Partial<typeof POLICY> = {}): string {
  const policy = { ...POLICY, ...overrides };
  return JSON.stringify({ ...policy, digest: policyDigest(policy) });
}

/** A rule file in JSON, which is YAML; `undefined` leaves a field out. */
export function aRule(overrides: Record<string, unknown> = {}): string {
  const rule = {
    id: "r",
    title: "规则",
    on: ["disk.full"],
    business: "shop",
    action: "disk.cleanup",
    approval: { from: { users: ["zhangsan"] } },
  };
  return JSON.stringify({ ...rule, ...overrides });
}

const SOUND: Files = {
  "event-types/disk.yaml": "type: disk.full\ntitle: 磁盘\nowner: sre\n",
  "sources/open.yaml": "name: open\nkind: generic\nauth: none\n",
  "rules/r.yaml": aRule(),
  "policies/read-only.yaml": aPolicy(),
  "clusters/hz.yaml": "name: hz\napi: http://127.0.0.1:9101/api\nauth: { apiKey: k-literal }\n",
  "groups.yaml": "ops: { appchat: opschat }\n",
};

/** Writes a home that is sound but for the given files. */
export function aHomeDir(t: TestContext, files: Files = {}): string {
  const dir = mkdtempSync(join(tmpdir(), "whale-home-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  for (const [file, content] of Object.entries({ ...SOUND, ...files })) {
    if (content === null) continue;
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), content);
  }
  return dir;
}

interface Loading {
  env?: Record<string, string>;
  nowMs?: number;
}

/** Loads a home that is sound but for the given files. */
export async function load(t: TestContext, files: Files = {}, { env = {}, nowMs = NOW_MS }: Loading = {}) {
  return loadHome({ dir: aHomeDir(t, files), env, nowMs, kinds: ["alertmanager", "generic"], cronFault });
}

/** The home, which must load. */
export async function loaded(t: TestContext, files: Files = {}, loading: Loading = {}): Promise<Home> {
  const outcome = await load(t, files, loading);
  if (outcome.outcome === "refused") throw new Error(formatProblems(outcome.problems));
  return outcome.home;
}

/** The problems of a home that must be refused. */
export async function refused(t: TestContext, files: Files, loading: Loading = {}): Promise<Problem[]> {
  const outcome = await load(t, files, loading);
  if (outcome.outcome === "loaded") throw new Error("the home was loaded");
  return outcome.problems;
}

/** The problems as people see them, one a line. */
export async function refusedText(t: TestContext, files: Files, loading: Loading = {}): Promise<string> {
  return formatProblems(await refused(t, files, loading));
}
