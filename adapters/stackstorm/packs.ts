import { errorText } from "../../core/errors.ts";
import { isJsonObject } from "../../core/ids/index.ts";
import type { PackRegistry, RegisterOutcome } from "../../core/ports/index.ts";
import type { ContentKind } from "../../core/releases/index.ts";
import type { OutboundResponse } from "../outbound/index.ts";
import { checkNames, readOptions } from "./config.ts";
import { type Call, type ClientParts, type Connection, connect } from "./connection.ts";
import { describeAnswer, faultOf, unknownCluster } from "./errors.ts";
import type { StackStormParts } from "./executor.ts";
import { inspect, isAbsent, PATHS, registered } from "./pack-list.ts";

/** What clusters know of packs. */
export interface StackStormPacks extends PackRegistry {
  /** Closes the connections; calls under way fail. */
  close(): void;
}

/** Makes it, with connections of its own. Throws `stackstorm.bad_config` as `createStackStorm` does. */
export function createPackRegistry(given: StackStormParts): StackStormPacks {
  const { clock, log, metrics, lookup } = given;
  const options = readOptions(given.options);
  const parts: ClientParts = { clock, log, metrics, options, ...(lookup ? { lookup } : {}) };
  checkNames(given.clusters);
  const connections = new Map(given.clusters.map((cluster) => [cluster.name, connect(cluster, parts)]));
  const at = (cluster: string): Connection => {
    const connection = connections.get(cluster);
    if (connection) return connection;
    throw unknownCluster(cluster);
  };
  const lost = (cluster: string) => ({
    outcome: "open" as const,
    message: unknownCluster(cluster).message,
  });
  return {
    registered: async (cluster, packs) => registered(at(cluster), packs),
    inspect: async (cluster, definition) => inspect(at(cluster), definition),
    register: async (cluster, packs) => {
      const connection = connections.get(cluster);
      return connection ? register(connection, packs, options.registerTimeoutMs) : lost(cluster);
    },
    remove: async (cluster, item) => {
      const connection = connections.get(cluster);
      return connection ? remove(connection, item) : lost(cluster);
    },
    close: () => {
      for (const connection of connections.values()) connection.close();
    },
  };
}

async function register(
  connection: Connection,
  packs: readonly string[],
  timeoutMs: number,
): Promise<RegisterOutcome> {
  // Without a name it would register every pack that is there.
  if (packs.length === 0) return { outcome: "registered", counts: {} };
  const body = { packs, types: ["all"], fail_on_failure: true };
  try {
    const call: Call = { operation: "register", method: "POST", path: "/v1/packs/register", body, timeoutMs };
    return registerOutcome(connection, packs, await connection.call(call));
  } catch (error) {
    return { outcome: "open", message: connection.redact(errorText(error)) };
  }
}

function registerOutcome(
  connection: Connection,
  packs: readonly string[],
  answer: OutboundResponse,
): RegisterOutcome {
  const fault = faultOf(answer.body);
  if (answer.status === 200 && fault === null)
    return { outcome: "registered", counts: countsIn(answer.body) };
  const message = describeAnswer(answer, connection.redact);
  if (!isFinal(answer)) return { outcome: "open", message };
  const named = packs.filter((pack) => message.includes(`"${pack}"`));
  const [pack, ...others] = named;
  return { outcome: "failed", message, ...(pack === undefined || others.length > 0 ? {} : { pack }) };
}

/** Whether StackStorm itself has said no, and would again. A 500 may be anything, and a 401 is over with new credentials. */
function isFinal({ status, body }: OutboundResponse): boolean {
  return faultOf(body) !== null && status < 500 && status !== 401 && status !== 429;
}

function countsIn(body: unknown): Record<string, number> {
  if (!isJsonObject(body)) return {};
  return Object.fromEntries(
    Object.entries(body).flatMap(([kind, count]) => (typeof count === "number" ? [[kind, count]] : [])),
  );
}

async function remove(
  connection: Connection,
  { kind, ref }: { kind: ContentKind; ref: string },
): ReturnType<PackRegistry["remove"]> {
  const path = `${PATHS[kind]}/${encodeURIComponent(ref)}`;
  try {
    if (kind === "sensor") return await switchOff(connection, path);
    // Files are those of the image, and not the engine's to delete.
    const body = kind === "action" ? { body: { remove_files: false } } : {};
    return removeOutcome(
      connection,
      await connection.call({ operation: "remove", method: "DELETE", path, ...body }),
    );
  } catch (error) {
    return { outcome: "open", message: connection.redact(errorText(error)) };
  }
}

/** Sensors have no way out; one that is switched off starts no process any more. */
async function switchOff(connection: Connection, path: string): ReturnType<PackRegistry["remove"]> {
  const found = await connection.call({ operation: "remove", method: "GET", path });
  if (found.status !== 200 || !isJsonObject(found.body)) return removeOutcome(connection, found);
  if (found.body["enabled"] === false) return { outcome: "removed" };
  const body = { ...found.body, enabled: false };
  return removeOutcome(connection, await connection.call({ operation: "remove", method: "PUT", path, body }));
}

function removeOutcome(
  connection: Connection,
  answer: OutboundResponse,
): Awaited<ReturnType<PackRegistry["remove"]>> {
  const isGood = answer.status === 200 || answer.status === 204;
  if ((isGood && faultOf(answer.body) === null) || isAbsent(answer)) return { outcome: "removed" };
  const message = describeAnswer(answer, connection.redact);
  return { outcome: isFinal(answer) ? "refused" : "open", message };
}
