import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Reader, readingOf } from "../../../core/pages/index.ts";
import type { Role } from "../../../core/people/index.ts";
import type { Task } from "../../../core/tasks/index.ts";
import { aMadeTask, entitledFor } from "../../support/tasks.ts";

function reader(overrides: Partial<Reader> = {}, roles: readonly Role[] = []): Reader {
  const userId = overrides.userId ?? "zhaoliu";
  return {
    userId,
    entitlement: { outcome: "not_entitled" },
    isAudience: false,
    actor: { kind: "user", userId, roles, unsure: [], against: null },
    ...overrides,
  };
}

function role(business: string): Role {
  return { name: "dev", of: { users: ["zhaoliu"] }, rights: ["tasks.read"], on: { businesses: [business] } };
}

const TASK = aMadeTask();

const READERS: [who: string, task: Task, reader: Reader, outcome: string][] = [
  ["who may decide", TASK, reader({ entitlement: entitledFor() }), "approver"],
  [
    "who asked for it",
    { ...TASK, origin: { kind: "retry", of: TASK.id, by: "zhaoliu", key: "k" } },
    reader(),
    "asker",
  ],
  [
    "who got its card",
    { ...TASK, cards: TASK.cards.map((card) => ({ ...card, recipients: ["zhaoliu"] })) },
    reader(),
    "asked",
  ],
  ["who hears how it ends", TASK, reader({ isAudience: true }), "audience"],
  ["whose role reaches its business", TASK, reader({}, [role("shop")]), "role"],
  ["whose role reaches another business", TASK, reader({}, [role("pay")]), "no_right"],
  ["who has no part in it", TASK, reader(), "no_right"],
  [
    "somebody of whom it is not known whether they are on duty",
    TASK,
    reader({ entitlement: { outcome: "duty_unknown" } }),
    "no_right",
  ],
  [
    "who has left, though their role reaches it",
    TASK,
    reader({ entitlement: { outcome: "inactive" } }, [role("shop")]),
    "standing",
  ],
  [
    "who is unknown, though they got its card",
    TASK,
    reader({ entitlement: { outcome: "unknown_person" }, isAudience: true }),
    "standing",
  ],
];

describe("who may read a task", () => {
  for (const [who, task, given, outcome] of READERS) {
    test(`${who}: ${outcome}`, () => assert.equal(readingOf(task, given).reason, outcome));
  }

  test("who may not is told why", () => {
    const reading = readingOf(TASK, reader({}, [role("pay")]));
    assert.ok(reading.outcome === "denied" && reading.reason === "no_right");
    assert.equal(reading.denial.reason, "outside_scope");
  });
});
