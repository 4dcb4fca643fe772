import type { TransferSide, TransferStore } from "../../core/ports/index.ts";
import { ARCHIVE_KINDS, type TransferKind } from "../../core/transfer/index.ts";

const isArchived = (kind: TransferKind): boolean => ARCHIVE_KINDS.some((one) => one === kind);

/** A store and an archive that live apart, as one side. The mark is the store's. */
export function joinedSides(store: TransferStore, archive: TransferSide): TransferStore {
  const sideOf = (kind: TransferKind): TransferSide => (isArchived(kind) ? archive : store);
  return {
    read: (kind, after, limit) => sideOf(kind).read(kind, after, limit),
    write: async (records) => {
      const [first] = records;
      if (first) await sideOf(first.kind).write(records);
    },
    isEmpty: async () => (await store.isEmpty()) && (await archive.isEmpty()),
    clear: async () => {
      await archive.clear();
      await store.clear();
    },
    standing: () => store.standing(),
    stand: (standing) => store.stand(standing),
    holders: () => store.holders(),
    close: async () => {
      await archive.close();
      await store.close();
    },
  };
}
