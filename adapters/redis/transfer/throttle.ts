import { THROTTLE_TAG } from "../partitions.ts";
import { grantText, readGrant } from "../throttle.ts";
import { READ_SCORED, WRITE_SCORED } from "./queue-scripts.ts";
import { type OffsetWalk, rowsBy, type TransferTable, walkPage, writeRows } from "./table.ts";

type ScoredRow = [field: string, score: string, text: string];

const TAGS = [THROTTLE_TAG];

const bucketWalk: OffsetWalk<ScoredRow, "bucket"> = {
  kind: "bucket",
  tags: TAGS,
  rows: rowsBy<ScoredRow>(READ_SCORED, [":fullat", ":buckets"]),
  record: ([key, fullAt, text]) => {
    const [tokens = 0, atMs = 0, held = 0, , burst = 0, nextAtMs = 0] = text.split(" ").map(Number);
    return { key, body: { tokens, atMs, held, burst, nextAtMs, fullAtMs: Number(fullAt) } };
  },
};

/** Token buckets. */
export const bucket: TransferTable<"bucket"> = {
  read: (engine, start) => walkPage(engine, bucketWalk, start),
  write: (engine, records) =>
    writeRows(
      engine,
      { script: WRITE_SCORED, tag: THROTTLE_TAG, before: [":buckets", ":fullat"] },
      records.map(({ key, body: { tokens, atMs, held, burst, nextAtMs, fullAtMs } }) => {
        return [key, [tokens, atMs, held, tokens, burst, nextAtMs, held].join(" "), fullAtMs];
      }),
    ),
};

const grantWalk: OffsetWalk<ScoredRow, "grant"> = {
  kind: "grant",
  tags: TAGS,
  rows: rowsBy<ScoredRow>(READ_SCORED, [":givenat", ":grants"]),
  record: ([key, givenAt, answer]) => ({
    key,
    body: { givenAtMs: Number(givenAt), grant: readGrant(answer) },
  }),
};

/** Answers that wishes for tokens were given. */
export const grant: TransferTable<"grant"> = {
  read: (engine, start) => walkPage(engine, grantWalk, start),
  write: (engine, records) =>
    writeRows(
      engine,
      { script: WRITE_SCORED, tag: THROTTLE_TAG, before: [":grants", ":givenat"] },
      records.map(({ key, body }) => [key, grantText(body.grant), body.givenAtMs]),
    ),
};
