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
  "Redis 的副本都断开了：现在确认的事件和授权会随主节点的磁盘一起丢失，请恢复副本 (Redis has no replica connected any more: events and approvals that are acknowledged now are lost with the master's disk; bring a replica back)";

function faultsOf(server: ServerSettings | null): string[] {
  if (!server) {
    return [
      "Redis 不允许读取配置 (CONFIG GET)，不知道已确认的事件断电后是否还在 (Redis does not tell its settings: whether acknowledged events outlive a power cut is not known)",
    ];
  }
  if (server.appendonly !== "yes") {
    return [
      "Redis 的 appendonly 是 no：重启会丢失已确认的事件和授权，请设置 appendonly yes 和 appendfsync always (Redis has appendonly no: events and approvals that were acknowledged are lost when it restarts; set appendonly yes and appendfsync always)",
    ];
  }
  if (server.appendfsync === "always") return [];
  const everySecond = server.appendfsync === "everysec";
  const [zh, en] = everySecond ? ["一两秒", "second or two"] : ["半分钟或更久", "half minute or more"];
  return [
    `Redis 的 appendfsync 是 ${server.appendfsync}：断电会丢失最近${zh}内已确认的事件和授权，请设置 appendfsync always (Redis has appendfsync ${server.appendfsync}: events and approvals of the last ${en} that were acknowledged are lost with the machine's power; set appendfsync always)`,
  ];
}
