import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Severity, WhaleEvent } from "../../core/events/index.ts";
import type { Archive, ArchiveFilter, ArchiveKey } from "../../core/ports/index.ts";
import type { Verdict, VerdictReason } from "../../core/rules/index.ts";
import { openMemoryArchive } from "../../fixtures/memory-archive/index.ts";
import { START_MS } from "../support/clock.ts";
import { aVerdict, eventAt, NUMERIC_FIELDS, type OpenForTest } from "./archive.ts";

/** How an archive is compared with the reference. */
export interface ModelOptions {
  /** How many random stories are told. */
  runs: number;
  /**
   * An event that is written again may be of another day. It never is outside of tests: what a journal gives again
   * is the same. Default true.
   */
  moves?: boolean;
}

const DAY_S = 86_400;
const ODD = [
  "a",
  "A",
  "",
  "a b",
  '"',
  "*",
  "a*",
  "NEAR(a b)",
  "%",
  "_",
  "'; --",
  "磁盘",
  "磁",
  "k=v",
  "\uE100x",
];
const odd = fc.constantFrom(...ODD);
const id = fc.constantFrom(..."abcdefghij").map((letter) => `e_${letter}`);
const number = fc.constantFrom(-1, 0, 0.5, 85, 1e300);
const severity = fc.constantFrom<Severity>("critical", "warning");
const status = fc.constantFrom<WhaleEvent["status"]>("firing", "resolved");
const reason = fc.constantFrom<VerdictReason>("throttled", "stale", "fired");
const rule = fc.constantFrom("r1", "r2", "r'3");
// Some of one instant, some of one minute, some of other days.
const SECONDS = [0, 0, 1, 30, 61, 4000, DAY_S, 2 * DAY_S, -DAY_S];
const seconds = fc.constantFrom(...SECONDS);

const event = fc
  .record({
    id,
    seconds,
    type: odd,
    source: odd,
    subject: odd,
    incident: odd,
    severity,
    status,
    labels: fc.dictionary(odd, odd, { maxKeys: 3 }),
    invalid: fc.boolean(),
    usage: fc.option(number),
  })
  .map(({ id: eventId, seconds: at, invalid, usage, ...fields }) =>
    eventAt(eventId, at, {
      ...fields,
      detail: { usage },
      violations: invalid ? [{ path: "detail", message: "x" }] : [],
    }),
  );
const verdict = fc
  .record({ id, rule, reason })
  .map((one) => aVerdict(one.id, one.rule, { reason: one.reason }));

function optional<T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(one, { nil: undefined, freq: 2 });
}

function listOf<T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[] | undefined> {
  return optional(fc.array(one, { minLength: 1, maxLength: 6 }));
}

const instant = seconds.map((at) => new Date(START_MS + at * 1000).toISOString());
const filter = fc
  .record({
    text: optional(odd),
    type: listOf(odd),
    source: listOf(odd),
    severity: listOf(severity),
    status: listOf(status),
    subject: optional(odd),
    incident: optional(odd),
    labels: optional(fc.dictionary(odd, odd, { maxKeys: 1 })),
    numbers: optional(
      fc.record({ usage: fc.record({ min: number, max: number }, { requiredKeys: ["min"] }) }),
    ),
    invalid: optional(fc.boolean()),
    ruleId: optional(rule),
    reason: optional(reason),
    from: optional(instant),
    to: optional(instant),
  })
  // Of all fields at once hardly anything would fit.
  .chain((all) => fc.subarray(Object.entries(all), { maxLength: 3 }))
  .map((kept) => Object.fromEntries(kept.filter(([, value]) => value !== undefined)) as ArchiveFilter);

const by = fc.oneof(
  fc.constantFrom<ArchiveKey>("type", "source", "severity", "status", "subject", "rule", "reason"),
  odd.map((key): ArchiveKey => `label:${key}`),
);
const question = fc.record({
  filter,
  by,
  interval: optional(fc.constantFrom("minute" as const, "hour" as const, "day" as const)),
  limit: fc.integer({ min: 1, max: 4 }),
  order: fc.constantFrom("newest" as const, "oldest" as const),
});
type Question = typeof question extends fc.Arbitrary<infer T> ? T : never;

async function everyPage(archive: Archive, { filter: asked, order, limit }: Question): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null | undefined;
  while (after !== null) {
    const query = { ...asked, order, limit };
    const page = await archive.search(after === undefined ? query : { ...query, after });
    ids.push(...page.events.map((one) => one.id));
    after = page.next;
  }
  return ids;
}

async function answers(archive: Archive, asked: Question) {
  const { filter: fitting, by: key, interval, limit } = asked;
  const grouping = interval === undefined ? { by: key, limit } : { by: key, limit, interval };
  return {
    pages: await everyPage(archive, asked),
    counts: await archive.aggregate(fitting, grouping),
    overview: await archive.overview(),
    count: await archive.count(),
  };
}

type Batch = { events: WhaleEvent[]; verdicts: Verdict[] };

/** What went before is gone, so that one archive serves all runs. */
async function emptied(archive: Archive): Promise<void> {
  await archive.forget({ defaultKeepMs: 0, byType: {} }, START_MS + 1000 * DAY_S * 1000);
  assert.equal(await archive.count(), 0);
  assert.deepEqual(await archive.overview(), []);
}

/** The same batch, with every event and its verdicts always at one instant. */
function unmoved({ events, verdicts }: Batch): Batch {
  const instantOf = (eventId: string) => {
    const at = SECONDS[eventId.charCodeAt(2) % SECONDS.length] ?? 0;
    return new Date(START_MS + at * 1000).toISOString();
  };
  return {
    events: events.map((one) => ({ ...one, receivedAt: instantOf(one.id) })),
    verdicts: verdicts.map((one) => ({ ...one, at: instantOf(one.eventId) })),
  };
}

/** An archive against the plain reference, after any writes. */
export function modelContract(name: string, open: OpenForTest, options: ModelOptions): void {
  const { runs, moves = true } = options;
  const batch = fc.record({
    events: fc.array(event, { maxLength: 8 }),
    verdicts: fc.array(verdict, { maxLength: 8 }),
  });
  const writes = fc.array(moves ? batch : batch.map(unmoved), { minLength: 1, maxLength: 3 });
  const questions = fc.array(question, { minLength: 1, maxLength: 5 });

  test(`${name}: answers every question as a plain comparison of the same events does`, async (t) => {
    const archive = await open(t);
    const told = fc.asyncProperty(writes, questions, fc.boolean(), async (batches, asked, forgets) => {
      await emptied(archive);
      const reference = openMemoryArchive({ numericFields: NUMERIC_FIELDS });
      for (const one of batches) for (const each of [archive, reference]) await each.write(one);
      const retention = { defaultKeepMs: DAY_S * 1000, byType: { A: 0 } };
      const nowMs = START_MS + (forgets ? DAY_S * 1000 : 0);
      assert.equal(await archive.forget(retention, nowMs), await reference.forget(retention, nowMs));
      for (const one of asked) {
        assert.deepEqual(await answers(archive, one), await answers(reference, one), JSON.stringify(one));
      }
    });
    await fc.assert(told, { numRuns: runs });
  });
}

const PIECES = [
  ..."磁盘使用率盘使高a1é率",
  ...["cpu", "CPU", "vm", "１", " ", "-", "_", "，", "が", "\uE000", '"', "*", "𠮷"],
];

/** What an archive finds by text, against plain comparison. */
export function wordsContract(name: string, open: OpenForTest, { runs }: ModelOptions): void {
  const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 7 }).map((pieces) => pieces.join(""));
  const events = fc.array(fc.tuple(text, text, text), { minLength: 1, maxLength: 6 });
  const queries = fc.array(text, { minLength: 1, maxLength: 4 });

  test(`${name}: finds what plain comparison finds, for any mix of Chinese and English`, async (t) => {
    const archive = await open(t);
    let runNo = 0;
    const told = fc.asyncProperty(events, queries, async (texts, asked) => {
      const reference = openMemoryArchive();
      runNo += 1;
      const run = `run-${runNo}`;
      const batch = texts.map(([title, label, inner], i) => {
        return eventAt(`${run}-${i}`, i, {
          source: run,
          title,
          labels: { label },
          detail: { inner: [inner] },
        });
      });
      for (const one of [archive, reference]) await one.write({ events: batch, verdicts: [] });
      for (const query of asked) {
        const page = { text: query, source: [run], limit: 100 };
        assert.deepEqual(await archive.search(page), await reference.search(page), `searching "${query}"`);
      }
    });
    await fc.assert(told, { numRuns: runs });
  });
}
