import {
  type ClusterWords,
  UPGRADE_FAULTS,
  UPGRADE_REFUSALS,
  upgradeCode,
  upgradeWords,
} from "../../core/clusters/index.ts";
import type { UpgradeObstacle, UpgradeTaken } from "./upgrades.ts";

/** What a person is told who wanted something of an upgrade. */
export function takenWords(taken: UpgradeTaken): ClusterWords {
  if (taken.outcome !== "refused") return upgradeWords(taken.upgrade);
  const { reason, upgrade } = taken;
  const said =
    reason === "no_such" || reason === "other_step" ? UPGRADE_FAULTS[reason]("") : UPGRADE_REFUSALS[reason];
  if (upgrade === null) return said;
  const now = upgradeWords(upgrade);
  return { zh: `${said.zh}。${now.zh}`, en: `${said.en}. ${now.en}` };
}

/** Why an upgrade is not begun. */
export function obstacleWords(obstacle: UpgradeObstacle): ClusterWords {
  if (obstacle.reason !== "under_way") return UPGRADE_FAULTS[obstacle.reason](obstacle.names.join(" "));
  return UPGRADE_FAULTS.under_way(upgradeCode(obstacle.upgrade.id));
}
