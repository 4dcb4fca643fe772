import { hashOf } from "../../core/ids/index.ts";
import type { TransferSide } from "../../core/ports/index.ts";
import {
  compareKind,
  differences,
  digestWith,
  type KindCheck,
  type KindDigest,
  NO_RECORDS,
  type RecordDifference,
  TRANSFER_KINDS,
  type TransferKind,
  type TransferRecord,
} from "../../core/transfer/index.ts";
import type { CopyProgress } from "./copy.ts";

/** How one kind compares, with some records that differ if any do. */
export type Checked = KindCheck & { differing: RecordDifference[] };

/** So many records are read at once. */
const PAGE_RECORDS = 500;

/** So many records that differ are named of a kind. */
const NAMED = 5;

/** Reads both sides whole, and compares them kind by kind. */
export async function verifyAll(
  source: TransferSide,
  target: TransferSide,
  tell: (progress: CopyProgress) => void,
): Promise<Checked[]> {
  const checks: Checked[] = [];
  for (const kind of TRANSFER_KINDS) {
    const [here, there] = await Promise.all([digestOf(source, kind), digestOf(target, kind)]);
    const check = compareKind(kind, here, there);
    const differing = check.outcome === "same" ? [] : await namedDifferences(kind, source, target);
    checks.push({ ...check, differing });
    tell({ kind, records: here.count, done: true });
  }
  return checks;
}

/** Reads one kind of a side whole. */
export async function digestOf(side: TransferSide, kind: TransferKind): Promise<KindDigest> {
  let digest = NO_RECORDS;
  await eachPage(side, kind, (records) => {
    digest = digestWith(digest, records);
  });
  return digest;
}

async function eachPage(
  side: TransferSide,
  kind: TransferKind,
  use: (records: TransferRecord[]) => void,
): Promise<void> {
  let after: string | null = null;
  do {
    const { records, next }: Awaited<ReturnType<TransferSide["read"]>> = await side.read(
      kind,
      after,
      PAGE_RECORDS,
    );
    use(records);
    after = next;
  } while (after !== null);
}

async function namedDifferences(kind: TransferKind, source: TransferSide, target: TransferSide) {
  return differences(await hashesOf(source, kind), await hashesOf(target, kind), NAMED);
}

async function hashesOf(side: TransferSide, kind: TransferKind): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  await eachPage(side, kind, (records) => {
    for (const record of records) hashes.set(record.key, hashOf(record));
  });
  return hashes;
}
