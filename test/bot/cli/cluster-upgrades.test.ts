import assert from "node:assert/strict";
import { test } from "node:test";
import { upgradeText } from "../../../bot/cli/cluster-upgrades.ts";
import type { Upgrade } from "../../../core/clusters/index.ts";

const AT = "2026-11-01T00:00:00.000Z";

test("an upgrade is shown with its step, who asked and approved, and each cluster's versions", () => {
  const upgrade: Upgrade = {
    ...{
      id: "u_01m8bgh35rc7wxfttah1mjcvb9",
      by: "local",
      approvedBy: "user:lisi",
      at: AT,
      why: "a\u001b[31m",
    },
    ...{ clusters: ["hz", "bj"], forMs: null, atDeadline: "wait", stage: "upgrading", index: 1, since: AT },
    ...{ before: { hz: "3.8.1", bj: "3.8.1" }, after: { hz: "3.9.0" } },
  };
  assert.deepEqual(upgradeText(upgrade).split("\n"), [
    "升级 mjcvb9：bj (2/2) 已排空，请现在升级它",
    "upgrade mjcvb9: bj (2/2) is drained: upgrade it now",
    "u_01m8bgh35rc7wxfttah1mjcvb9 · local → user:lisi · a [31m",
    "hz 3.8.1 → 3.9.0",
    "bj 3.8.1",
  ]);
});
