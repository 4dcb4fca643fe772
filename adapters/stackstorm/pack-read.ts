import { errorText } from "../../core/errors.ts";
import type { PackReading } from "../../core/ports/index.ts";
import type { Connection } from "./connection.ts";
import { packNamed } from "./pack-list.ts";

/** Which version of a pack a cluster has. */
export async function readPack(connection: Connection, pack: string): Promise<PackReading> {
  try {
    const found = await packNamed(connection, pack);
    return found ? { outcome: "known", version: found.version } : { outcome: "absent" };
  } catch (error) {
    return { outcome: "unreachable", message: connection.redact(errorText(error)) };
  }
}
