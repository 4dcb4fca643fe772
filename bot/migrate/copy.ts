import type { TransferSide } from "../../core/ports/index.ts";
import { TRANSFER_KINDS, type TransferKind, type TransferProgress } from "../../core/transfer/index.ts";

/** What is told while records are copied or read. */
export interface CopyProgress {
  kind: TransferKind;
  /** Records of the kind up to now, in this run. */
  records: number;
  done: boolean;
}

/** Where records go, and who hears of it. */
export interface Copying {
  source: TransferSide;
  target: TransferSide;
  /** How many records are read and written at once. */
  pageRecords: number;
  /** Where an earlier run came to; null from the beginning. */
  from: TransferProgress | null;
  /** Called behind each page that is written: from there on an interrupted copy goes on. */
  keep(progress: TransferProgress): Promise<void>;
  tell(progress: CopyProgress): void;
}

/**
 * Copies all kinds, page by page. The next page is read while one is written. Killed at any moment and called again
 * with what was kept last, it goes on there; the page under way is then written twice, which changes nothing.
 */
export async function copyAll(copying: Copying): Promise<void> {
  const { from } = copying;
  const first = from === null ? 0 : TRANSFER_KINDS.indexOf(from.kind);
  for (const kind of TRANSFER_KINDS.slice(Math.max(0, first))) {
    await copyKind(kind, kind === from?.kind ? from.after : null, copying);
  }
}

async function copyKind(kind: TransferKind, from: string | null, copying: Copying): Promise<void> {
  const { source, target, pageRecords, keep, tell } = copying;
  let records = 0;
  let reading = source.read(kind, from, pageRecords);
  for (;;) {
    const page = await reading;
    if (page.next !== null) {
      reading = source.read(kind, page.next, pageRecords);
      // Its failure is met in the next round, and must not be nobody's meanwhile.
      reading.catch(() => undefined);
    }
    await target.write(page.records);
    records += page.records.length;
    if (page.next === null) break;
    await keep({ kind, after: page.next });
    tell({ kind, records, done: false });
  }
  tell({ kind, records, done: true });
}
