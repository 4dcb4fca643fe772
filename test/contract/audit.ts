import assert from "node:assert/strict";
import { describe } from "node:test";
import fc from "fast-check";
import { type AuditEntry, type AuditFact, chained, checkHead, GENESIS } from "../../core/audit/index.ts";
import type { Audit } from "../../core/ports/index.ts";
import { testsOn, upTo } from "./harness.ts";

/** An empty audit log, and the way behind its back. */
export interface AuditHarness {
  audit: Audit;
  /** Changes what is stored of an entry, or with null removes it. */
  tamper(seq: number, change: Partial<Omit<AuditEntry, "seq">> | null): void;
  /** Puts other entries in the place of all that are stored. */
  rewrite(entries: readonly AuditEntry[]): Promise<void>;
  close(): Promise<void>;
}

/** A deed as a person may do it. */
export function aDeed(overrides: Partial<AuditFact> = {}): AuditFact {
  const fact = { at: "2026-11-01T00:00:00.000Z", who: "zhangsan", what: "types.change" as const };
  return { ...fact, object: "vm.disk.usage", detail: { version: 2 }, ...overrides };
}

/** What every audit log promises. */
export function auditContract(name: string, open: () => Promise<AuditHarness>): void {
  describe(`audit: ${name}`, () => {
    appending(open);
    reading(open);
    verifying(open);
    findingTampering(open);
  });
}

/** What somebody with a shell may do to entries, with a place in them. */
const TAMPERING: Record<string, (entries: readonly AuditEntry[], at: number) => AuditEntry[]> = {
  changed: (entries, at) => entries.map((entry, i) => (i === at ? { ...entry, object: "other" } : entry)),
  removed: (entries, at) => entries.filter((_, i) => i !== at),
  swapped: (entries, at) => {
    const other = (at + 1) % entries.length;
    const numbered = (from: number, to: number) => ({ ...entries[from], seq: to + 1 }) as AuditEntry;
    return entries.map((entry, i) =>
      i === at ? numbered(other, at) : i === other ? numbered(at, other) : entry,
    );
  },
  inserted: (entries, at) => {
    const planted = chained(entries[at - 1] ?? GENESIS, aDeed({ who: "nobody" }));
    const moved = entries.slice(at).map((entry) => ({ ...entry, seq: entry.seq + 1 }));
    return [...entries.slice(0, at), planted, ...moved];
  },
  "cut off at its tail": (entries, at) => entries.slice(0, at),
  "written anew from an entry on": (entries, at) => {
    const anew = entries.slice(0, at);
    for (const entry of entries.slice(at))
      anew.push(chained(anew.at(-1) ?? GENESIS, { ...entry, who: "me" }));
    return anew;
  },
};

function findingTampering(open: () => Promise<AuditHarness>): void {
  const test = testsOn(open);
  const samples = fc.record({
    facts: fc.array(fc.record({ who: fc.string(), detail: fc.dictionary(fc.string(), fc.integer()) }), {
      ...{ minLength: 2, maxLength: 8 },
    }),
    place: fc.nat(),
  });
  for (const [how, tampered] of Object.entries(TAMPERING)) {
    test(`finds that the chain was ${how}, wherever that was`, async ({ audit, rewrite }) => {
      await fc.assert(
        fc.asyncProperty(samples, async ({ facts, place }) => {
          await rewrite([]);
          for (const fact of facts) await audit.append(aDeed(fact));
          const entries = await audit.read(0, 100);
          const head = entries.at(-1) as AuditEntry;
          const noted = async () =>
            checkHead(await audit.verify(1), head, (await audit.read(head.seq - 1, 1))[0]);
          assert.equal((await noted()).outcome, "whole");
          await rewrite(tampered(entries, place % entries.length));
          assert.equal((await noted()).outcome, "broken");
        }),
        { numRuns: 15 },
      );
    });
  }
}

function appending(open: () => Promise<AuditHarness>): void {
  const test = testsOn(open);

  test("gives the first entry number 1 and ties it to the beginning", async ({ audit }) => {
    const entry = await audit.append(aDeed());
    assert.deepEqual([entry.seq, entry.prev], [1, GENESIS.hash]);
    assert.match(entry.hash, /^[0-9a-f]{64}$/);
    assert.deepEqual(await audit.read(0, 10), [entry]);
  });

  test("ties each entry to the one before", async ({ audit }) => {
    const first = await audit.append(aDeed());
    const second = await audit.append(aDeed());
    assert.deepEqual([second.seq, second.prev], [2, first.hash]);
  });

  test("makes one chain of entries that come at the same time", async ({ audit }) => {
    const added = await Promise.all(upTo(40).map((n) => audit.append(aDeed({ who: `u${n}` }))));
    assert.deepEqual(new Set(added.map(({ seq }) => seq)).size, 40);
    const checked = await audit.verify(1);
    assert.deepEqual([checked.outcome, (await audit.read(0, 100)).length], ["whole", 40]);
  });

  test("keeps odd texts and nested details as they are", async ({ audit }) => {
    const detail = { 中文: ["a\u0000b", { n: 0.1, none: null }], "'": '"; DROP TABLE audit', 号: 1e21 };
    const entry = await audit.append(aDeed({ object: "类型 '\"; --", detail }));
    assert.deepEqual((await audit.read(0, 1))[0], entry);
    assert.equal((await audit.verify(1)).outcome, "whole");
  });

  test("is whole with halves of surrogate pairs in it", async ({ audit }) => {
    await audit.append(aDeed({ who: "a\ud800", detail: { text: "\udc00" } }));
    assert.equal((await audit.verify(1)).outcome, "whole");
  });

  test("refuses a detail that is not JSON and goes on after it", async ({ audit }) => {
    await assert.rejects(audit.append(aDeed({ detail: { n: Number.NaN } })));
    assert.equal((await audit.append(aDeed())).seq, 1);
  });
}

function reading(open: () => Promise<AuditHarness>): void {
  const test = testsOn(open);

  test("pages through the entries, oldest first", async ({ audit }) => {
    for (const n of upTo(5)) await audit.append(aDeed({ who: `u${n}` }));
    const page = async (after: number) => (await audit.read(after, 2)).map(({ seq }) => seq);
    assert.deepEqual([await page(0), await page(2), await page(4), await page(5)], [[1, 2], [3, 4], [5], []]);
  });
}

function verifying(open: () => Promise<AuditHarness>): void {
  const test = testsOn(open);
  const filled = async ({ audit }: AuditHarness): Promise<AuditEntry[]> => {
    for (const n of upTo(6)) await audit.append(aDeed({ who: `u${n}`, detail: { n } }));
    return audit.read(0, 10);
  };

  test("an empty log is whole", async ({ audit }) => {
    assert.deepEqual(await audit.verify(1), { outcome: "whole", last: GENESIS });
  });

  test("tells the newest link of a whole chain, from anywhere in it", async (harness) => {
    const last = (await filled(harness)).at(-1);
    const whole = { outcome: "whole", last: { seq: 6, hash: last?.hash } };
    assert.deepEqual(await harness.audit.verify(1), whole);
    assert.deepEqual(await harness.audit.verify(4), whole);
    assert.deepEqual(await harness.audit.verify(7), whole);
  });

  const changes: Partial<Omit<AuditEntry, "seq">>[] = [
    { who: "lisi" },
    { at: "2020-01-01T00:00:00.000Z" },
    { what: "types.retire" },
    { object: "other" },
    { detail: { n: 99 } },
  ];
  for (const change of changes) {
    test(`finds the entry whose ${Object.keys(change)[0]} was changed`, async (harness) => {
      await filled(harness);
      harness.tamper(3, change);
      const broken = { outcome: "broken", seq: 3, reason: "altered" };
      assert.deepEqual(await harness.audit.verify(1), broken);
      assert.deepEqual(await harness.audit.verify(3), broken);
      assert.equal((await harness.audit.verify(4)).outcome, "whole");
    });
  }

  test("finds a changed entry that was given a hash that fits, at the next one", async (harness) => {
    const [, , third] = await filled(harness);
    harness.tamper(3, { hash: "f".repeat(64) });
    assert.deepEqual(await harness.audit.verify(1), { outcome: "broken", seq: 3, reason: "altered" });
    harness.tamper(3, { hash: third?.hash ?? "" });
    harness.tamper(4, { prev: "f".repeat(64) });
    assert.deepEqual(await harness.audit.verify(1), { outcome: "broken", seq: 4, reason: "unlinked" });
  });

  test("finds an entry that was taken out", async (harness) => {
    await filled(harness);
    harness.tamper(3, null);
    const missing = { outcome: "broken", seq: 3, reason: "missing" };
    assert.deepEqual(await harness.audit.verify(1), missing);
    assert.deepEqual(await harness.audit.verify(4), missing);
  });

  test("shows that the newest were cut off by the last link alone", async (harness) => {
    const entries = await filled(harness);
    harness.tamper(6, null);
    const checked = await harness.audit.verify(1);
    assert.deepEqual(checked, { outcome: "whole", last: { seq: 5, hash: entries[4]?.hash } });
  });

  test("follows a chain that is longer than a page", async ({ audit, tamper }) => {
    await Promise.all(upTo(600).map((n) => audit.append(aDeed({ detail: { n } }))));
    assert.deepEqual((await audit.verify(1)).outcome, "whole");
    tamper(555, { who: "lisi" });
    assert.deepEqual(await audit.verify(1), { outcome: "broken", seq: 555, reason: "altered" });
  });
}
