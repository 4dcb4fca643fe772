import assert from "node:assert/strict";
import { test } from "node:test";
import type { HomeFile } from "../../../adapters/files/index.ts";
import { approvalsSeen, byHand, recordVersions } from "../../../bot/home/record-versions.ts";
import { policyDigest } from "../../../core/policies/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { movableClock } from "../../support/clock.ts";

function aFile(overrides: Partial<HomeFile> = {}): HomeFile {
  return { file: "rules/r.yaml", kind: "rule", name: "r", text: "id: r\n", ...overrides };
}

function setting() {
  const clock = movableClock();
  const { configs, audit } = openMemoryStore({ clock });
  return { configs, audit, clock };
}

test("records each file that has no version yet, with an audit entry beside it", async () => {
  const deps = setting();
  const files = [aFile(), aFile({ kind: "policy", name: "p", file: "policies/p.yaml", text: "id: p\n" })];
  const versions = await recordVersions(files, deps, byHand);
  assert.deepEqual(
    versions.map(({ kind, name, no, by, change }) => [kind, name, no, by, change]),
    [
      ["rule", "r", 1, "file", "created"],
      ["policy", "p", 1, "file", "created"],
    ],
  );
  assert.deepEqual(await deps.configs.latest("rule"), [versions[0]]);
  const [entry] = await deps.audit.read(0, 10);
  assert.deepEqual([entry?.who, entry?.what, entry?.object], ["file", "config.edit", "r"]);
});

test("records nothing of files that are as they were", async () => {
  const deps = setting();
  await recordVersions([aFile()], deps, byHand);
  assert.deepEqual(await recordVersions([aFile({ file: "rules/moved.yaml" })], deps, byHand), []);
  assert.equal((await deps.audit.read(0, 10)).length, 1);
});

test("retires what no file declares any more", async () => {
  const deps = setting();
  await recordVersions([aFile()], deps, byHand);
  const [version] = await recordVersions([], deps, byHand);
  assert.deepEqual([version?.change, version?.no], ["retired", 2]);
  assert.deepEqual(await recordVersions([], deps, byHand), []);
});

test("names a person for the things that are that person's deed, and nobody for the others", async () => {
  const deps = setting();
  const author = ({ name }: { name: string }) =>
    name === "r" ? { by: "lisi", what: "types.change" as const } : byHand({ kind: "rule", name });
  const versions = await recordVersions([aFile(), aFile({ name: "s" })], deps, author);
  assert.deepEqual(
    versions.map(({ by }) => by),
    ["lisi", "file"],
  );
});

test("never keeps a text of a source, a cluster or the groups", async () => {
  const deps = setting();
  const kinds = ["source", "cluster", "groups"] as const;
  const files = kinds.map((kind) => aFile({ kind, text: "auth: { bearer: secret-in-plain-text }" }));
  assert.deepEqual(await recordVersions(files, deps, byHand), []);
  assert.deepEqual(await deps.audit.read(0, 10), []);
});

test("records a policy whose approval is new as approved, and an edit after it as an edit", async () => {
  const deps = setting();
  const times = { approvedAt: "2026-11-01T00:00:00.000Z", expires: "2027-11-01" };
  const sealed = { id: "p", actions: ["a.b"], mode: "auto" as const, approvedBy: "wangwu", ...times };
  const policy = { ...sealed, digest: policyDigest(sealed) };
  const file = (text: string) => aFile({ kind: "policy", name: "p", text });
  await recordVersions([file(`digest: ${policy.digest}\n`)], deps, approvalsSeen([policy], byHand));
  const wider = { ...policy, actions: ["a.b", "a.c"] };
  await recordVersions([file(`digest: ${policy.digest} #\n`)], deps, approvalsSeen([wider], byHand));
  await recordVersions([file(`digest: ${policy.digest} # 2\n`)], deps, approvalsSeen([policy], byHand));
  const entries = await deps.audit.read(0, 10);
  assert.deepEqual(
    entries.map(({ what }) => what),
    ["policies.approve", "config.edit", "config.edit"],
  );
  assert.partialDeepStrictEqual(entries[0]?.detail, { approvedBy: "wangwu", approved: policy.digest });
});
