import { ChatOpsError, isChatOpsError } from "../../core/errors.ts";
import type { Executor, StartOutcome } from "../../core/ports/index.ts";
import type { Breakers } from "./breakers.ts";

/**
 * An executor whose requests feed the breakers, and whose requests to a cluster that is cut off fail at once, without
 * having been sent. Looks at a cluster are always sent.
 */
export function guardedExecutor(executor: Executor, breakers: Breakers): Executor {
  return { ...executor, ...guardedActs(executor, breakers), ...guardedReads(executor, breakers) };
}

function cutText(cluster: string): string {
  return `cluster ${cluster} is cut off: too many requests in a row have failed`;
}

type Acts = Pick<Executor, "start" | "rerun" | "find" | "control" | "probe">;

function guardedActs(executor: Executor, breakers: Breakers): Acts {
  const { note, isOpen } = breakers;
  const started = async (cluster: string, ask: () => Promise<StartOutcome>): Promise<StartOutcome> => {
    if (isOpen(cluster)) return { outcome: "not_sent", message: cutText(cluster) };
    const answer = await ask();
    const { outcome } = answer;
    // What it answers by not taking one says nothing of the next. That it takes our key no more is a look's to tell.
    if (outcome === "not_sent" && answer.isAnswered) return answer;
    note(cluster, { what: "start", isGood: outcome === "started" || outcome === "refused" });
    return answer;
  };
  return {
    start: (request) => started(request.cluster, () => executor.start(request)),
    rerun: (request) => started(request.cluster, () => executor.rerun(request)),
    find: async (query) => {
      const { cluster } = query;
      if (isOpen(cluster)) return { outcome: "unreachable", message: cutText(cluster) };
      const answer = await executor.find(query);
      note(cluster, { what: "read", isGood: answer.outcome !== "unreachable" });
      return answer;
    },
    control: async (order) => {
      const { cluster } = order;
      if (isOpen(cluster)) return { outcome: "open", message: cutText(cluster) };
      const answer = await executor.control(order);
      note(cluster, { what: "read", isGood: answer.outcome !== "open" });
      return answer;
    },
    probe: async (cluster) => {
      const probe = await executor.probe(cluster);
      note(cluster, { what: "look", isGood: probe.outcome === "up" });
      return probe;
    },
  };
}

type Reads = Pick<
  Executor,
  "get" | "list" | "children" | "result" | "output" | "unclaimed" | "reruns" | "retryPolicies" | "busy"
>;

function guardedReads(executor: Executor, breakers: Breakers): Reads {
  const guarded = async <T>(cluster: string, read: () => Promise<T>): Promise<T> => {
    if (breakers.isOpen(cluster)) throw cutOff(cluster);
    try {
      const value = await read();
      breakers.note(cluster, { what: "read", isGood: true });
      return value;
    } catch (error) {
      // What trying again does not help says nothing of the cluster.
      if (isChatOpsError(error) && error.retryable) breakers.note(cluster, { what: "read", isGood: false });
      throw error;
    }
  };
  return {
    get: (cluster, id) => guarded(cluster, () => executor.get(cluster, id)),
    list: (cluster, ids) => guarded(cluster, () => executor.list(cluster, ids)),
    children: (cluster, id) => guarded(cluster, () => executor.children(cluster, id)),
    result: (cluster, id) => guarded(cluster, () => executor.result(cluster, id)),
    output: (cluster, id) => guarded(cluster, () => executor.output(cluster, id)),
    unclaimed: (query) => guarded(query.cluster, () => executor.unclaimed(query)),
    reruns: (query) => guarded(query.cluster, () => executor.reruns(query)),
    retryPolicies: (cluster, action) => guarded(cluster, () => executor.retryPolicies(cluster, action)),
    busy: (cluster) => guarded(cluster, () => executor.busy(cluster)),
  };
}

function cutOff(cluster: string): ChatOpsError {
  return new ChatOpsError(cutText(cluster), { code: "cluster.cut_off", retryable: true, reached: "no" });
}
