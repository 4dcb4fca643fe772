import assert from "node:assert/strict";
import { describe } from "node:test";
import { type ConfigChange, textDigest } from "../../core/versions/index.ts";
import { type HarnessOf, testsOn, upTo } from "./harness.ts";

const DISK = { kind: "event-type", name: "disk.full" } as const;

/** A text of an event type, as a person records it. */
export function aChange(overrides: Partial<ConfigChange> = {}): ConfigChange {
  return { ...DISK, at: "2026-11-01T00:00:00.000Z", by: "zhangsan", text: "type: disk.full\n", ...overrides };
}

/** What every store of configuration versions promises. */
export function configStoreContract(name: string, open: () => Promise<HarnessOf<"configs">>): void {
  describe(`config store: ${name}`, () => {
    recording(open);
    asking(open);
  });
}

function recording(open: () => Promise<HarnessOf<"configs">>): void {
  const test = testsOn(open);

  test("makes version 1 of what is new", async ({ configs }) => {
    const recorded = await configs.record(aChange());
    const { text, ...rest } = aChange();
    const version = { ...rest, text, no: 1, change: "created", digest: textDigest(text ?? "") };
    assert.deepEqual(recorded, { outcome: "recorded", version });
    assert.deepEqual(await configs.version(DISK, 1), version);
  });

  test("makes no version of the same text, whoever brings it", async ({ configs }) => {
    const first = await configs.record(aChange());
    const again = await configs.record(aChange({ by: "file", at: "2027-01-01T00:00:00.000Z" }));
    assert.deepEqual(again, { outcome: "same", version: first.version });
    assert.equal((await configs.versions(DISK)).length, 1);
  });

  test("makes a version of a text that was in force before, but is not now", async ({ configs }) => {
    for (const text of ["a", "b", "a"]) await configs.record(aChange({ text }));
    assert.deepEqual(
      (await configs.versions(DISK)).map(({ no, change, text }) => [no, change, text]),
      [
        [3, "changed", "a"],
        [2, "changed", "b"],
        [1, "created", "a"],
      ],
    );
  });

  test("keeps the last text of what is retired, once, and counts on when it comes back", async ({
    configs,
  }) => {
    await configs.record(aChange());
    await configs.record(aChange({ text: null, by: "lisi" }));
    const again = await configs.record(aChange({ text: null, by: "wangwu" }));
    assert.deepEqual([again.outcome, again.version?.no], ["same", 2]);
    await configs.record(aChange());
    const shown = (await configs.versions(DISK)).map(({ no, change, by, text }) => [no, change, by, text]);
    const text = "type: disk.full\n";
    assert.deepEqual(shown, [
      [3, "created", "zhangsan", text],
      [2, "retired", "lisi", text],
      [1, "created", "zhangsan", text],
    ]);
  });

  test("retires nothing that never was", async ({ configs }) => {
    assert.deepEqual(await configs.record(aChange({ text: null })), { outcome: "same", version: null });
    assert.deepEqual(await configs.latest("event-type"), []);
  });

  test("numbers versions that come at the same time one after the other", async ({ configs }) => {
    await Promise.all(upTo(20).map((n) => configs.record(aChange({ text: `text ${n}` }))));
    const numbers = (await configs.versions(DISK)).map(({ no }) => no);
    assert.deepEqual(
      numbers,
      upTo(20).map((n) => 20 - n),
    );
  });
}

function asking(open: () => Promise<HarnessOf<"configs">>): void {
  const test = testsOn(open);

  test("keeps kinds and names apart", async ({ configs }) => {
    await configs.record(aChange());
    await configs.record(aChange({ kind: "rule", text: "id: disk.full\n" }));
    await configs.record(aChange({ name: "disk" }));
    assert.deepEqual(
      (await configs.latest("event-type")).map(({ name, no }) => [name, no]),
      [
        ["disk", 1],
        ["disk.full", 1],
      ],
    );
    assert.deepEqual((await configs.latest("rule")).length, 1);
    assert.deepEqual(await configs.latest("policy"), []);
  });

  test("tells the newest of each, with all that belongs to it", async ({ configs }) => {
    await configs.record(aChange({ text: "a" }));
    const { version } = await configs.record(aChange({ text: "b", by: "lisi" }));
    const retired = await configs
      .record(aChange({ name: "other", text: "c" }))
      .then(() => configs.record(aChange({ name: "other", text: null })));
    assert.deepEqual(await configs.latest("event-type"), [version, retired.version]);
  });

  test("knows no version of a number or name that never was", async ({ configs }) => {
    await configs.record(aChange());
    assert.equal(await configs.version(DISK, 2), null);
    assert.equal(await configs.version(DISK, 0), null);
    assert.equal(await configs.version({ kind: "event-type", name: "none" }, 1), null);
    assert.deepEqual(await configs.versions({ kind: "event-type", name: "none" }), []);
  });

  test("keeps odd names and texts as they are", async ({ configs }) => {
    const of = { kind: "rule", name: "a'; --" } as const;
    const text = "id: 磁盘\u0000'\n# 注释\r\n";
    await configs.record(aChange({ ...of, text }));
    assert.equal((await configs.version(of, 1))?.text, text);
  });
}
