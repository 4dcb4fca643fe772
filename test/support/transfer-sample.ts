import { outboxKey } from "../../core/ids/index.ts";
import { aVerdict, eventAt } from "../contract/archive.ts";
import { upTo } from "../contract/harness.ts";
import { doneBatch, placeFor } from "../contract/journal/support.ts";
import { aTake } from "../contract/throttle-store.ts";
import { aDelivery, aDraft, anOutboxItem, aRawBody, aTask } from "./builders.ts";
import { START_MS } from "./clock.ts";
import { aReplay } from "./replays.ts";
import { type EmbeddedFolder, embeddedFolder } from "./transfer.ts";

/** Every other one of a folder's stores: inbox, signatures, audit, versions, replays, archive. */
export async function fillOthers(folder: EmbeddedFolder, numbers: readonly number[]): Promise<void> {
  await folder.work(async (harness) => {
    for (const [place, n] of numbers.entries()) {
      await fillOne(harness, { place, n });
    }
  });
  await folder.archive(async (archive) => {
    for (const n of numbers) {
      const id = `e_${n}`;
      const verdicts = n % 3 === 0 ? [] : [aVerdict(id, `r${n % 2}`), aVerdict(`e_late${n}`, "r")];
      await archive.write({ events: n % 4 === 3 ? [] : [eventAt(id, n * 20_000)], verdicts });
    }
  });
}

type Filled = Parameters<Parameters<EmbeddedFolder["work"]>[0]>[0];

async function fillOne(harness: Filled, { place, n }: { place: number; n: number }): Promise<void> {
  const { inbox, journal, configs, audit, replays } = harness;
  const payload = { kind: "text" as const, userId: "zhangsan", text: `磁盘 ${n}`, createdAtSeconds: n };
  await inbox.insert({ key: `in-${n}`, receivedAtMs: START_MS + (n % 3), payload });
  const [claimed] = await inbox.claim(1, 1000);
  if (claimed && n % 2 === 0) await inbox.done(claimed.key, claimed.fence);
  else if (claimed && n % 3 === 0) await inbox.postpone(claimed.key, claimed.fence, START_MS + 5000);
  const replay = { signature: `sig ${n}`, forMs: 10_000 * n };
  const draft = aDraft({ dedupeKey: `signed ${n}`, freshId: `e_signed${place}` });
  await journal.append(aDelivery([draft], { raw: aRawBody(`signed ${n}`), replay }));
  const at = new Date(START_MS + place).toISOString();
  await configs.record({ kind: n % 2 ? "rule" : "policy", name: `c${n % 4}`, at, by: "file", text: `v${n}` });
  await audit.append({ at, who: "zhangsan", what: "config.edit", object: `c${n}`, detail: { n, 字: "值" } });
  await replays.create(aReplay(`r_${n}`, { createdAtMs: START_MS + (n % 3) }));
}

/** A folder with something of every kind. */
export async function sampleFolder(): Promise<EmbeddedFolder> {
  const folder = embeddedFolder();
  await fillOthers(folder, [1, 2, 3, 4, 5, 6, 7, 8, 9, 3]);
  await folder.work(async ({ journal, tasks, outbox, throttle, state, clock }) => {
    for (const eventId of ["e_1", "e_2", "e_3", "e_4"]) {
      const task = aTask({ eventId });
      const message = { taskId: task.id, body: { kind: "answer" as const, to: "zhangsan", text: eventId } };
      const messages = upTo(3).map((n) => anOutboxItem({ key: outboxKey(task.id, "say", n), ...message }));
      await tasks.make({ task, outbox: messages, take: aTake({ grantId: task.id, key: "b", burst: 2 }) });
    }
    await outbox.add([anOutboxItem()]);
    await throttle.take([aTake({ grantId: "g", key: "c" })]);
    const stop = {
      scope: { of: "everything" as const },
      by: "local",
      at: "2026-11-01T00:00:00Z",
      why: "演练",
    };
    await state.put({ kind: "stop", name: "everything", expected: null, body: stop });
    await journal.refuse({ source: "s", reason: "bad", message: "不是 JSON", raw: aRawBody("refused") });
    await journal.append(aDelivery([aDraft({ event: { status: "resolved" } })]));
    clock.advance(1000);
    await journal.append(aDelivery([aDraft()]));
    const place = placeFor(journal, "rules");
    const fence = await journal.lease(place, "w1", 1000);
    const verdicts = [aVerdict("e_1", "r"), aVerdict("e_1", "s")];
    await journal.commit(place, doneBatch(fence, await journal.read(place, 1), verdicts));
  });
  return folder;
}
