import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openArchive } from "../../../adapters/sqlite/archive/index.ts";
import { openStore } from "../../../adapters/sqlite/index.ts";
import { UNTOUCHED } from "../../../core/transfer/index.ts";
import { openMemoryTransfer } from "../../../fixtures/memory-transfer/index.ts";
import { aVerdict, eventAt } from "../../contract/archive.ts";
import { unfit } from "../../contract/archive-dead-letters.ts";
import { movedContract } from "../../contract/moved.ts";
import { aDelivery, aDraft } from "../../support/builders.ts";
import { silentLog } from "../../support/log.ts";
import { type EmbeddedFolder, embeddedFolder, move } from "../../support/transfer.ts";

/** Moves a folder through a side of another kind into a new folder. */
async function movedFolder(folder: EmbeddedFolder): Promise<EmbeddedFolder> {
  const back = embeddedFolder();
  const between = openMemoryTransfer();
  const [source, target] = [await folder.side(), await back.side()];
  assert.equal((await move(source, between)).outcome, "moved");
  assert.equal((await move(between, target)).outcome, "moved");
  await source.close();
  await target.close();
  return back;
}

movedContract("sqlite", async (folder) => {
  const back = await movedFolder(folder);
  const store = openStore({ dataDir: back.path, clock: back.clock, log: silentLog });
  const end = async () => {
    await store.close();
    back.remove();
  };
  return { harness: { ...store, clock: back.clock }, end };
});

describe("a folder that a transfer has left or not finished", () => {
  const at = "2026-11-01T00:00:00.000Z";
  const progress = { kind: "settings", after: null } as const;
  for (const standing of [
    { state: "leaving", transferId: "a", to: "redis", at },
    { state: "left", transferId: "a", to: "redis", at },
    { state: "arriving", transferId: "a", from: "redis", at, version: 1, progress },
  ] as const) {
    test(`is refused while it is ${standing.state}, and opens once it is in force again`, async () => {
      const folder = embeddedFolder();
      const side = await folder.side();
      await side.stand(standing);
      assert.deepEqual(await side.standing(), standing);
      await side.close();
      await assert.rejects(async () => folder.work(async () => 1), { code: "store.not_in_force" });
      const again = await folder.side();
      await again.stand(UNTOUCHED);
      await again.close();
      assert.equal(await folder.work(async () => 1), 1);
      folder.remove();
    });
  }

  test("keeps its mark when what it holds is deleted", async () => {
    const folder = embeddedFolder();
    const side = await folder.side();
    await side.stand({ state: "left", transferId: "a", to: "redis", at });
    await side.clear();
    assert.equal((await side.standing()).state, "left");
    await side.close();
    folder.remove();
  });

  test("cannot be opened as a side while a store works on it", async () => {
    const folder = embeddedFolder();
    await folder.work(async () => assert.rejects(folder.side(), { code: "store.locked" }));
    folder.remove();
  });
});

test("a signature that was taken anew moves as it was taken last", async (t) => {
  const folder = embeddedFolder();
  t.after(folder.remove);
  const expiresAtMs = folder.clock.nowMs() + 2_000;
  const take = (freshId: string) => {
    const draft = aDraft({ dedupeKey: null, freshId });
    return aDelivery([draft], { replay: { signature: "its name", forMs: 1_000 } });
  };
  await folder.work(async ({ journal }) => {
    await journal.append(take("e_first"));
    folder.clock.advance(1_000);
    await journal.append(take("e_second"));
  });
  const side = await folder.side();
  const { records } = await side.read("signature", null, 10);
  await side.close();
  assert.deepEqual(
    records.map(({ body }) => body),
    [{ expiresAtMs, receipts: [{ eventId: "e_second", outcome: "duplicate" }] }],
  );
});

test("a dead letter of the archive moves with the verdicts that wait for it", async (t) => {
  const folder = embeddedFolder();
  const archive = await openArchive({ dataDir: folder.path, log: silentLog });
  const bad = unfit("e_bad", 1);
  const [said, other] = [aVerdict("e_bad", "r"), aVerdict("e_none", "r")];
  await archive.write({ events: [bad, eventAt("e_1", 0)], verdicts: [said, other] });
  await archive.close();
  const back = await movedFolder(folder);
  t.after(() => {
    folder.remove();
    back.remove();
  });
  const moved = await openArchive({ dataDir: back.path, log: silentLog });
  t.after(() => moved.close());
  assert.deepEqual(
    (await moved.deadLetters.list(10)).map(({ value }) => value),
    [bad],
  );
  assert.deepEqual(await moved.verdicts("e_bad"), [said]);
  assert.deepEqual(await moved.verdicts("e_none"), [other]);
  assert.equal(await moved.count(), 1);
});
