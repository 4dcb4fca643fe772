import type { TakeRequest } from "../../../core/throttle/index.ts";
import type { TransferRecordOf } from "../../../core/transfer/index.ts";
import type { Engine } from "../engine.ts";
import { homeOf, TASK_TAGS } from "../partitions.ts";
import { grantText, readGrant } from "../throttle.ts";
import { READ_SCORED, WRITE_SCORED } from "./queue-scripts.ts";
import { type OffsetWalk, rowsBy, type TransferTable, walkPage, writeByTag, writeRows } from "./table.ts";

type ScoredRow = [field: string, score: string, text: string];

const bucketWalk: OffsetWalk<ScoredRow, "bucket"> = {
  kind: "bucket",
  tags: TASK_TAGS,
  rows: rowsBy<ScoredRow>(READ_SCORED, [":fullat", ":buckets"]),
  record: ([key, fullAt, text]) => {
    const [tokens = 0, atMs = 0, burst = 0, nextAtMs = 0] = text.split(" ").map(Number);
    return { key, body: { tokens, atMs, burst, nextAtMs, fullAtMs: Number(fullAt) } };
  },
};

/** Token buckets, each in the partition of its name. */
export const bucket: TransferTable<"bucket"> = {
  read: (engine, start) => walkPage(engine, bucketWalk, start),
  write: (engine, records) =>
    writeByTag(
      records,
      ({ key }) => homeOf(key),
      (tag, some) =>
        writeRows(
          engine,
          { script: WRITE_SCORED, tag, before: [":buckets", ":fullat"] },
          some.map(({ key, body: { tokens, atMs, burst, nextAtMs, fullAtMs } }) => {
            return [key, [tokens, atMs, burst, nextAtMs].join(" "), fullAtMs];
          }),
        ),
    ),
};

interface GrantRow {
  id: string;
  key: string;
  givenAt: string | null;
  answer: string | null;
}

const grantWalk: OffsetWalk<GrantRow, "grant"> = {
  kind: "grant",
  tags: TASK_TAGS,
  rows: async (engine, at) => {
    const wishes = await rowsBy<ScoredRow>(READ_SCORED, [":wishat", ":wishes"])(engine, at);
    const rows = await Promise.all(wishes.rows.map(([id, , wish]) => answerTo(engine, id, wish)));
    return { ...wishes, rows };
  },
  // A wish without an answer is wished again by whoever it was.
  record: ({ id, key, givenAt, answer }) => {
    if (answer === null || givenAt === null) return null;
    return { key: id, body: { givenAtMs: Number(givenAt), grant: readGrant(answer, key) } };
  },
};

/** The answer lives with the bucket that the first wish of the id names. */
async function answerTo(engine: Engine, id: string, wish: string): Promise<GrantRow> {
  const { key } = JSON.parse(wish) as TakeRequest;
  const base = engine.base(homeOf(key));
  const [answer, givenAt] = await Promise.all([
    engine.command<string | null>("HGET", [`${base}:grants`, id]),
    engine.command<string | null>("ZSCORE", [`${base}:givenat`, id]),
  ]);
  return { id, key, givenAt, answer };
}

/** Answers that wishes for tokens were given. The answer comes first: a wish alone would take a token anew. */
export const grant: TransferTable<"grant"> = {
  read: (engine, start) => walkPage(engine, grantWalk, start),
  write: async (engine, records) => {
    await writeByTag(
      records,
      ({ body }) => homeOf(body.grant.bucket.key),
      (tag, some) =>
        writeRows(
          engine,
          { script: WRITE_SCORED, tag, before: [":grants", ":givenat"] },
          some.map(({ key, body }) => [key, grantText(body.grant), body.givenAtMs]),
        ),
    );
    await writeByTag(
      records,
      ({ key }) => homeOf(key),
      (tag, some) =>
        writeRows(
          engine,
          { script: WRITE_SCORED, tag, before: [":wishes", ":wishat"] },
          some.map(({ key, body }) => [key, wishText(key, body), body.givenAtMs]),
        ),
    );
  },
};

/** The wish has been answered: all that is still read of it is the bucket's name. */
function wishText(
  grantId: string,
  { grant: { bucket: view }, givenAtMs }: TransferRecordOf<"grant">["body"],
): string {
  const wish: TakeRequest = {
    grantId,
    key: view.key,
    limit: 1,
    perMs: 1,
    burst: view.burst,
    atMs: givenAtMs,
  };
  return JSON.stringify(wish);
}
