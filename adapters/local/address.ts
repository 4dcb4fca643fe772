import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type LocalFile, readLocalFile, writeLocalFile } from "./file.ts";

const FILE: LocalFile = {
  name: "local-address",
  zh: "本机地址",
  en: "the local address",
  code: "local_address",
};

/** Where a process listens. */
interface Listening {
  host: string;
  port: number;
}

/** Tells in the data folder where this run is reached from its own machine. As `writeLocalToken`. */
export function writeLocalAddress(dataDir: string, at: Listening): Promise<void> {
  return writeLocalFile(dataDir, FILE, originOf(at));
}

/** Where the process that runs on a data folder is reached. Fails with `local_address.unreadable`. */
export function readLocalAddress(dataDir: string): Promise<string> {
  return readLocalFile(dataDir, FILE);
}

/** Takes the address away when the run ends. What a killed run leaves is answered by nobody. */
export function removeLocalAddress(dataDir: string): Promise<void> {
  return rm(join(dataDir, FILE.name), { force: true });
}

/** Who listens on every address is reached on loopback, and so are the rights of the local token. */
function originOf({ host, port }: Listening): string {
  if (host === "0.0.0.0") return `http://127.0.0.1:${port}`;
  if (host === "::") return `http://[::1]:${port}`;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
