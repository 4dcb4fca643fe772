import { errorText } from "../../core/errors.ts";
import type { Client } from "./connection.ts";
import { evictionError } from "./errors.ts";
import { mastersOf } from "./masters.ts";

/** What the server does not keep, and which promise is reduced to what. */
export interface Warning {
  about: string;
  message: string;
}

/** What a master says of itself. */
export interface ServerSettings {
  appendonly: string;
  appendfsync: string;
  evictionPolicy: string;
  /** Bytes in use. */
  usedBytes: number;
}

type Node = Pick<Client, "call">;

/** Every master's settings. One that may not be read is null. */
export function readSettings(client: Client): Promise<(ServerSettings | null)[]> {
  return Promise.all(mastersOf(client).map(settingsOf));
}

async function settingsOf(node: Node): Promise<ServerSettings | null> {
  const info = String(await node.call("INFO"));
  const line = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1] ?? "";
  const told = {
    evictionPolicy: line("maxmemory_policy"),
    usedBytes: Number(line("used_memory")),
  };
  if (told.evictionPolicy !== "" && told.evictionPolicy !== "noeviction")
    throw evictionError(told.evictionPolicy);
  const config = await readConfig(node);
  return config && { ...told, appendonly: config("appendonly"), appendfsync: config("appendfsync") };
}

/** Null where the server does not tell its configuration, as hosted ones often do not. */
async function readConfig(node: Node): Promise<((name: string) => string) | null> {
  try {
    const pairs = (await node.call("CONFIG", "GET", "append*")) as string[];
    return (name) => pairs[pairs.indexOf(name) + 1] ?? "";
  } catch (cause) {
    if (/NOPERM|unknown command/i.test(errorText(cause))) return null;
    throw cause;
  }
}

/** What holds only in part, in sentences for `/readyz` and `doctor`. */
export function warningsOf(servers: readonly (ServerSettings | null)[], replicasLost: boolean): Warning[] {
  const messages = new Set([...servers.flatMap(faultsOf), ...(replicasLost ? [NO_REPLICA] : [])]);
  return [...messages].map((message) => ({ about: "redis", message }));
}

const NO_REPLICA =
  "Redis has no replica connected any more: events and approvals that are acknowledged now are lost with the master's disk; bring a replica back";

function faultsOf(server: ServerSettings | null): string[] {
  if (!server) {
    return [
      "Redis does not tell its settings (CONFIG GET): whether acknowledged events outlive a power cut is not known",
    ];
  }
  if (server.appendonly !== "yes") {
    return [
      "Redis has appendonly no: events and approvals that were acknowledged are lost when it restarts; set appendonly yes and appendfsync always",
    ];
  }
  if (server.appendfsync === "always") return [];
  const lost =
    server.appendfsync === "everysec" ? "of the last second or two" : "of the last half minute or more";
  return [
    `Redis has appendfsync ${server.appendfsync}: events and approvals ${lost} that were acknowledged are lost with the machine's power; set appendfsync always`,
  ];
}
