import { openStoreThread } from "../../../adapters/sqlite/index.ts";
import type { InForce } from "../../../bot/in-force.ts";
import { requestId } from "../../../core/ids/index.ts";
import type { Task } from "../../../core/tasks/index.ts";
import { silentLog } from "../../support/log.ts";
import { waitingOf } from "../tasks/makings.ts";
import type { SimulatedCluster } from "./clusters.ts";

/** An execution that runs, and where. */
export interface Running {
  cluster: SimulatedCluster;
  id: string;
}

const AT_ONCE = 500;
/** They have run for so long already: most executions of a large installation are no young ones. */
const AGE_MS = 600_000;

/** Fills a store that no process has open with tasks that run, spread over the clusters. */
export async function seedRunning(
  dataDir: string,
  inForce: InForce,
  { clusters, count }: { clusters: readonly SimulatedCluster[]; count: number },
): Promise<Running[]> {
  const store = await openStoreThread({ dataDir, clock: { nowMs: () => Date.now() }, log: silentLog });
  const running: Running[] = [];
  for (let from = 0; from < count; from += AT_ONCE) {
    const cluster = clusters[(from / AT_ONCE) % clusters.length] as SimulatedCluster;
    const size = Math.min(AT_ONCE, count - from);
    const waiting = Array.from({ length: size }, (_, i) => waitingOf(inForce, "follow", from + i).task);
    const ids = await cluster.seed(waiting.map(({ id }) => requestId(id, 1)));
    const tasks = waiting.map((task, i) => runningOf(task, cluster.name, ids[i] ?? ""));
    await Promise.all(tasks.map((task) => store.tasks.make({ task, outbox: [] })));
    running.push(...ids.map((id) => ({ cluster, id })));
  }
  await store.close();
  return running;
}

function runningOf(task: Task, cluster: string, id: string): Task {
  const intentAtMs = Date.now() - AGE_MS;
  const intent = { no: 1, requestId: requestId(task.id, 1), cluster, intentAtMs };
  return {
    ...{ ...task, state: "running", reason: "started", approvedAtMs: intentAtMs, clusters: [cluster] },
    start: { ...intent, unknownAtMs: intentAtMs + 150_000, looks: 0 },
    execution: { id, cluster, status: "running" },
    dueAtMs: Date.now() + 3_600_000,
  };
}
