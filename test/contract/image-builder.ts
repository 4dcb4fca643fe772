import assert from "node:assert/strict";
import { describe } from "node:test";
import type { ImageBuilder, ImageOrder } from "../../core/ports/index.ts";
import type { InstalledPackage } from "../../core/releases/index.ts";
import { testsOn } from "./harness.ts";

/** Files of packs, by pack and path: their text. */
export type PackFiles = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Builders of one registry, for one test. */
export interface ImagesHarness {
  builder: ImageBuilder;
  /** A builder of another machine. */
  elsewhere: ImageBuilder;
  /** An order whose packs have these files. */
  order(packs: PackFiles, overrides?: Partial<ImageOrder>): Promise<ImageOrder>;
  close(): Promise<void>;
}

/** A pack that asks for a package. */
export function aPack(ref: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    "pack.yaml": `ref: ${ref}\nversion: 1.0.0\n`,
    "actions/run.sh": "#!/bin/sh\necho 好\n",
    "requirements.txt": "requests==2.31.0\n",
    ...more,
  };
}

const quiet = (): void => undefined;
const never = () => new AbortController().signal;

/** What every image builder promises. `once` opens what all its tests share. */
export function imageBuilderContract(name: string, open: () => Promise<ImagesHarness>): void {
  describe(`image builder: ${name}`, () => {
    building(open);
    pushing(open);
    failing(open);
  });
}

function building(open: () => Promise<ImagesHarness>): void {
  const test = testsOn(open);

  test("the same order has the same digest, here and elsewhere", async ({ builder, elsewhere, order }) => {
    const packs = { disk: aPack("disk"), dmesg: aPack("dmesg") };
    const first = await builder.build(await order(packs), quiet, never());
    const again = await elsewhere.build(await order(packs), quiet, never());
    assert.equal(first.outcome, "built", JSON.stringify(first));
    assert.deepEqual(again, first);
  });

  test("hands in what was installed for the bill, and says what it does", async ({ builder, order }) => {
    const installed: InstalledPackage[] = [];
    const lines: string[] = [];
    const bill = (found: readonly InstalledPackage[]) => {
      installed.push(...found);
      return "{}";
    };
    await builder.build(await order({ disk: aPack("disk") }, { bill }), (line) => lines.push(line), never());
    assert.deepEqual(installed, [{ pack: "disk", name: "requests", version: "2.31.0" }]);
    assert.ok(lines.some((line) => line.includes("disk")));
  });
}

function pushing(open: () => Promise<ImagesHarness>): void {
  const test = testsOn(open);

  test("a tag has the digest that was built, and a push may be repeated", async ({ builder, order }) => {
    const asked = await order({ disk: aPack("disk") });
    assert.equal(await builder.digestOf(asked), null);
    const built = await builder.build(asked, quiet, never());
    assert.ok(built.outcome === "built", JSON.stringify(built));
    const pushed = { outcome: "pushed", digest: built.digest, bytes: built.bytes };
    assert.deepEqual(await builder.push(asked, quiet, never()), pushed);
    assert.deepEqual(await builder.push(asked, quiet, never()), pushed);
    assert.equal(await builder.digestOf(asked), built.digest);
  });

  test("a tag is never given another content", async ({ builder, elsewhere, order }) => {
    const asked = await order({ disk: aPack("disk") });
    await builder.build(asked, quiet, never());
    await builder.push(asked, quiet, never());
    const before = await builder.digestOf(asked);
    const other = await order({ disk: aPack("disk", { "actions/run.sh": "echo other\n" }) });
    await elsewhere.build(other, quiet, never());
    const pushed = await elsewhere.push(other, quiet, never());
    assert.deepEqual([pushed.outcome, "digest" in pushed && pushed.digest], ["taken", before]);
    assert.equal(await builder.digestOf(asked), before);
  });

  test("what was not built here cannot be pushed", async ({ builder, elsewhere, order }) => {
    const asked = await order({ disk: aPack("disk") });
    await elsewhere.build(asked, quiet, never());
    assert.equal((await builder.push(asked, quiet, never())).outcome, "unbuilt");
    assert.equal(await builder.digestOf(asked), null);
  });
}

function failing(open: () => Promise<ImagesHarness>): void {
  const test = testsOn(open);

  test("a pack that cannot be installed fails the build by name", async ({ builder, order }) => {
    const asked = await order({ disk: aPack("disk"), broken: aPack("broken", { "install-fails": "" }) });
    const built = await builder.build(asked, quiet, never());
    assert.ok(built.outcome === "failed", JSON.stringify(built));
    assert.match(built.message, /broken/);
    assert.equal((await builder.push(asked, quiet, never())).outcome, "unbuilt");
  });

  test("a base that is not there fails the build by name", async ({ builder, order }) => {
    const { base, ...asked } = await order({ disk: aPack("disk") });
    const gone = { ...asked, base: { ...base, runtime: base.runtime.replace(/:\w+$/, ":gone") } };
    const built = await builder.build(gone, quiet, never());
    assert.ok(built.outcome === "failed", JSON.stringify(built));
    assert.match(built.message, /:gone/);
  });

  test("a name that leads elsewhere fails the build", async ({ builder, order }) => {
    const asked = await order({ disk: aPack("disk") }, { order: ["../disk"] });
    assert.equal((await builder.build(asked, quiet, never())).outcome, "failed");
  });

  test("a build that hangs ends when it is canceled", async ({ builder, order }) => {
    const cancel = new AbortController();
    const asked = await order({ slow: aPack("slow", { "install-hangs": "" }) });
    const onLog = (line: string) => line.startsWith("installing") && cancel.abort();
    assert.equal((await builder.build(asked, onLog, cancel.signal)).outcome, "canceled");
    assert.equal((await builder.push(asked, quiet, never())).outcome, "unbuilt");
  });
}
