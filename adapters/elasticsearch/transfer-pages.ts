import type { estypes } from "@elastic/elasticsearch";
import type { TransferPage } from "../../core/ports/index.ts";
import type { Verdict } from "../../core/rules/index.ts";
import type { TransferRecordOf } from "../../core/transfer/index.ts";
import type { DeadLetter } from "./dead-letters.ts";
import { pagesOf } from "./forget.ts";
import { readHits } from "./schema.ts";
import type { Place } from "./search.ts";

/** What pages are read from. */
export interface PageSource {
  place: Place;
  /** What Elasticsearch would not take is part of the archive all the same. */
  dead(): Promise<DeadLetter[]>;
}

interface Verdicts {
  eventId: string;
  ruleId: string;
  text: string;
}

interface EventText {
  key: string;
  text: string;
}

/** Archived events in the order of their receipt, each with its verdicts; behind them those that are dead letters. */
export async function readArchived(
  source: PageSource,
  { after, limit }: { after: string | null; limit: number },
): Promise<TransferPage> {
  const { connection, indices } = source.place;
  const answer = await connection.search("export events", {
    ...{ index: indices.all("events"), ignore_unavailable: true, size: limit, _source: ["id", "body"] },
    sort: [{ receivedAt: "asc" }, { id: "asc" }],
    ...(after === null ? {} : { search_after: JSON.parse(after) as estypes.SortResults }),
  });
  const hits = readHits(answer);
  const dead = await source.dead();
  const found = hits.map((hit) => ({
    key: String(hit._source?.["id"]),
    text: String(hit._source?.["body"]),
  }));
  const isEnd = hits.length < limit;
  const buried = isEnd ? deadEvents(dead) : [];
  const records = await withVerdicts(source, [...found, ...buried], dead);
  return { records, next: isEnd ? null : JSON.stringify(hits.at(-1)?.sort) };
}

function deadEvents(dead: readonly DeadLetter[]): EventText[] {
  return dead.flatMap(({ kind, id, value }) =>
    kind === "events" ? [{ key: id, text: JSON.stringify(value) }] : [],
  );
}

async function withVerdicts(
  { place }: PageSource,
  events: readonly EventText[],
  dead: readonly DeadLetter[],
): Promise<TransferRecordOf<"archived">[]> {
  const said = [
    ...(await verdictsOf(
      place,
      events.map(({ key }) => key),
    )),
    ...deadVerdicts(dead),
  ];
  const byEvent = Map.groupBy(said, ({ eventId }) => eventId);
  return events.map(({ key, text }) => {
    const verdicts = (byEvent.get(key) ?? []).map((one) => one.text).sort();
    return { kind: "archived", key, body: { text, verdicts } };
  });
}

function deadVerdicts(dead: readonly DeadLetter[]): Verdicts[] {
  return dead.flatMap(({ kind, value }) => {
    if (kind !== "verdicts") return [];
    const { eventId, ruleId } = value as Verdict;
    return [{ eventId, ruleId, text: JSON.stringify(value) }];
  });
}

const VERDICTS_AT_ONCE = 5_000;

async function verdictsOf({ connection, indices }: Place, ids: readonly string[]): Promise<Verdicts[]> {
  const found: Verdicts[] = [];
  let mark: estypes.SortResults | undefined;
  while (ids.length > 0) {
    const answer = await connection.search("export verdicts", {
      ...{ index: indices.all("verdicts"), ignore_unavailable: true, size: VERDICTS_AT_ONCE },
      ...{ query: { terms: { eventId: [...ids] } }, _source: ["eventId", "ruleId", "body"] },
      sort: [{ eventId: "asc" }, { ruleId: "asc" }],
      ...(mark === undefined ? {} : { search_after: mark }),
    });
    const hits = readHits(answer);
    for (const { _source } of hits) {
      const { eventId, ruleId, body } = _source ?? {};
      found.push({ eventId: String(eventId), ruleId: String(ruleId), text: String(body) });
    }
    if (hits.length < VERDICTS_AT_ONCE) break;
    mark = hits.at(-1)?.sort as estypes.SortResults;
  }
  return found;
}

/** Verdicts that wait for their event, all on one page: there are few, as events come soon. */
export async function readWaiting({ place, dead }: PageSource): Promise<TransferPage> {
  const buried = new Set(deadEvents(await dead()).map(({ key }) => key));
  const records: TransferRecordOf<"waiting">[] = [];
  for await (const hits of pagesOf(place, place.indices.waiting, { match_all: {} })) {
    const ids = hits.map(({ _id }) => _id).filter((id) => !buried.has(id));
    for (const { eventId, ruleId, text } of await verdictsOf(place, ids)) {
      records.push({ kind: "waiting", key: `${eventId}:${ruleId}`, body: { text } });
    }
  }
  return { records, next: null };
}
