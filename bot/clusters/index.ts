export { type Breakers, createBreakers } from "./breakers.ts";
export { CANARY_MS, createDrains, type DrainAnswer, type Drains, type UndrainAnswer } from "./drains.ts";
export { createFleet, type Fleet, type FleetSeen } from "./fleet.ts";
export { type UpgradeCardDeps, upgradeCards } from "./group-card.ts";
export { guardedExecutor } from "./guarded-executor.ts";
export { obstacleWords, takenWords } from "./upgrade-answers.ts";
export { actorNames, type UpgradeTellerDeps, upgradeTeller } from "./upgrade-teller.ts";
export {
  createUpgrades,
  type UpgradeAsked,
  type UpgradeObstacle,
  type Upgrades,
  type UpgradesDeps,
  type UpgradeTaken,
  type UpgradeWish,
} from "./upgrades.ts";
