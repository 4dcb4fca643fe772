import assert from "node:assert/strict";
import type { Audit } from "../../../core/ports/index.ts";
import { aTask } from "../../support/builders.ts";
import { aDeed } from "../audit.ts";
import { type HarnessOf, testsOn, upTo } from "../harness.ts";
import { aTake } from "../throttle-store.ts";
import { aMove } from "./moving.ts";

type Open = () => Promise<HarnessOf<"tasks" | "throttle" | "audit">>;

const told = async (audit: Audit): Promise<string[]> => (await audit.read(0, 1_000)).map(({ who }) => who);

/** Promises about what the audit log is told of a task. */
export function auditingTasks(open: Open): void {
  const test = testsOn(open);

  test("tells the audit log of a making and of each move, in their order", async ({ tasks, audit }) => {
    const task = aTask();
    await tasks.make({ task, outbox: [], fact: aDeed({ who: "made" }) });
    const first = aMove(task, {}, { fact: aDeed({ who: "first" }) });
    await tasks.move(first);
    await tasks.move(aMove(first.task, {}, { fact: aDeed({ who: "second" }) }));
    assert.deepEqual(await told(audit), ["made", "first", "second"]);
    assert.equal((await audit.verify(1)).outcome, "whole");
  });

  test("tells it once of a task that is made twice", async ({ tasks, audit }) => {
    const making = { task: aTask(), outbox: [], fact: aDeed() };
    await tasks.make(making);
    await tasks.make(making);
    assert.equal((await told(audit)).length, 1);
  });

  test("tells it nothing of a move that met another revision", async ({ tasks, audit }) => {
    const task = aTask();
    await tasks.make({ task, outbox: [] });
    const move = aMove(task, {}, { fact: aDeed({ who: "winner" }) });
    assert.equal(await tasks.move(move), "moved");
    assert.equal(await tasks.move({ ...move, fact: aDeed({ who: "loser" }) }), "conflict");
    assert.deepEqual(await told(audit), ["winner"]);
  });

  test("tells it nothing of a task that its throttle held back", async ({ tasks, audit, throttle }) => {
    const take = aTake({ key: "k", limit: 1, perMs: 600_000, burst: 1 });
    await throttle.take([take]);
    const task = aTask();
    const held = { task, outbox: [], fact: aDeed(), take: { ...take, grantId: task.id } };
    assert.equal((await tasks.make(held)).outcome, "throttled");
    assert.deepEqual(await told(audit), []);
  });

  test("makes one chain of moves and other deeds that come at the same time", async ({ tasks, audit }) => {
    await Promise.all(
      upTo(60).map((forEachIndex) =>
        forEachIndex % 3 === 0
          ? audit.append(aDeed({ who: `u${forEachIndex}` }))
          : tasks.make({
              task: aTask({ forEachIndex }),
              outbox: [],
              fact: aDeed({ who: `u${forEachIndex}` }),
            }),
      ),
    );
    const all = (await Promise.all([told(audit), told(audit), told(audit)]))[2];
    assert.deepEqual(new Set(all), new Set(upTo(60).map((n) => `u${n}`)));
    assert.equal(all?.length, 60);
    assert.equal((await audit.verify(1)).outcome, "whole");
  });
}
