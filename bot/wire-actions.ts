import type { Home } from "../adapters/files/index.ts";
import { createStackStorm } from "../adapters/stackstorm/index.ts";
import { createLogger, createMetrics, systemClock } from "../adapters/telemetry/index.ts";
import { type ActionFaults, actionFaults, createActionWatch } from "./actions/index.ts";
import type { Warning } from "./http/index.ts";
import { secretsOf } from "./wire-secrets.ts";

/** What the clusters of a home say against its rules. */
export async function askClusters(home: Home): Promise<ActionFaults> {
  const log = createLogger({ level: "silent" });
  const metrics = createMetrics({ prefix: "whale" });
  const catalog = createStackStorm({ clusters: home.clusters, clock: systemClock, log, metrics });
  try {
    return await actionFaults(home, catalog);
  } finally {
    catalog.close();
  }
}

/** What of the rules of a home does not fit the actions of its clusters, and which of those do not answer. */
export async function checkActions(home: Home): Promise<Warning[]> {
  const clock = systemClock;
  const log = createLogger({ level: "error", secrets: secretsOf(home) });
  const metrics = createMetrics({ prefix: "whale" });
  const catalog = createStackStorm({ clusters: home.clusters, clock, log, metrics });
  try {
    const watch = createActionWatch({ catalog, inForce: () => home, clock, log });
    await watch.refresh();
    return watch.faults();
  } finally {
    catalog.close();
  }
}
