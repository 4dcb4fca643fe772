import type { Archive, EntryCopier, Queue, StorePorts } from "../core/ports/index.ts";
import type { Warning } from "./http/index.ts";

/** What the process asks of its store, whether that is its own file or Redis. */
export interface Store extends StorePorts {
  /** Called after writes, of this process or another, that may have given a queue new work. Calls may get lost. */
  onWrite(listener: (what: Queue) => void): void;
  /** Makes a small durable write. Rejects as every write would now. */
  check(): Promise<void>;
  /** Bytes that the store takes: on the disk, or of Redis' memory as last read. */
  sizeBytes(): number;
  close(): Promise<void>;
}

/** The store and the archive that the process works on. */
export interface Stores {
  kind: "embedded" | "production";
  store: Store;
  archive: Archive & { close(): Promise<void> };
  /** The archive again where it reaches the journal by itself. */
  copier: EntryCopier | null;
  /** Names this process in leases. No other that runs has the name. */
  holder: string;
  /** Which promise is reduced to what, and what does not answer now. */
  warnings(): Warning[];
}
