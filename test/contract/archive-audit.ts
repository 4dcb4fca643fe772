import assert from "node:assert/strict";
import { test } from "node:test";
import { type AuditEntry, chained, GENESIS } from "../../core/audit/index.ts";
import type { OpenForTest } from "./archive.ts";
import { aDeed } from "./audit.ts";
import { upTo } from "./harness.ts";

/** A chain of entries, over several days. */
export function aChain(length: number): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (const n of upTo(length)) {
    const at = new Date(Date.UTC(2026, 10, 1 + (n % 3), 1, n % 60)).toISOString();
    entries.push(chained(entries.at(-1) ?? GENESIS, aDeed({ at, detail: { n, 中文: "号\u0000'" } })));
  }
  return entries;
}

/** What every archive promises of its copy of the audit log. */
export function archiveAuditContract(name: string, open: OpenForTest): void {
  test(`${name}: the audit log's copy is empty at first`, async (t) => {
    const { audit } = await open(t);
    assert.deepEqual([await audit.position(), await audit.read(0, 10)], [0, []]);
  });

  test(`${name}: gives entries of the audit log back to the letter, in their order and by pages`, async (t) => {
    const { audit } = await open(t);
    const entries = aChain(25);
    await audit.write(entries.slice(10));
    await audit.write(entries.slice(0, 10));
    assert.deepEqual(await audit.read(0, 100), entries);
    assert.deepEqual(await audit.read(4, 3), entries.slice(4, 7));
    assert.equal(await audit.position(), 25);
  });

  test(`${name}: keeps an entry of the audit log once, however often it comes`, async (t) => {
    const { audit } = await open(t);
    const entries = aChain(5);
    await audit.write(entries);
    await audit.write(entries.slice(2));
    assert.deepEqual(await audit.read(0, 100), entries);
  });

  test(`${name}: tells up to where every entry of the audit log is there, whatever came after a gap`, async (t) => {
    const { audit } = await open(t);
    const entries = aChain(20);
    await audit.write(entries.slice(1, 6));
    assert.equal(await audit.position(), 0);
    await audit.write(entries.slice(0, 1));
    await audit.write(entries.slice(8));
    assert.equal(await audit.position(), 6);
    await audit.write(entries.slice(6, 8));
    assert.equal(await audit.position(), 20);
  });
}
