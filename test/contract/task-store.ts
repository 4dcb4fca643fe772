import { describe } from "node:test";
import type { HarnessOf } from "./harness.ts";
import { auditingTasks } from "./task-store/auditing.ts";
import { claimingTasks } from "./task-store/claiming.ts";
import { findingTasks } from "./task-store/finding.ts";
import { makingTasks } from "./task-store/making.ts";
import { movingTasks } from "./task-store/moving.ts";
import { trimmingTasks } from "./task-store/trimming.ts";

/** What every task store promises, together with the outbox and the throttle that it writes into. */
export function taskStoreContract(
  name: string,
  open: () => Promise<HarnessOf<"tasks" | "outbox" | "throttle" | "audit">>,
): void {
  describe(`task store: ${name}`, () => {
    makingTasks(open);
    movingTasks(open);
    claimingTasks(open);
    findingTasks(open);
    auditingTasks(open);
    trimmingTasks(open);
  });
}
