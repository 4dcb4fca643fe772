import type { estypes } from "@elastic/elasticsearch";
import { rangesFault, type SearchPhrase, searchPhrases } from "../../core/events/index.ts";
import type { ArchiveFilter } from "../../core/ports/index.ts";
import { saidTerm } from "./documents.ts";
import { badQuery } from "./errors.ts";

type Query = estypes.QueryDslQueryContainer;

const LONGEST_TEXT = 1000;
const MOST_WORDS = 50;
const MOST_VALUES = 1000;
const MOST_LABELS = 50;

/** The query that finds the events of a filter. Throws `archive.bad_query` naming what is wrong with it. */
export function queryOf(filter: ArchiveFilter, numericFields: readonly string[]): Query {
  const parts = [words(filter), lists(filter), exact(filter), labels(filter), verdict(filter), span(filter)];
  return { bool: { filter: [...parts.flat(), ...numbers(filter, numericFields)] } };
}

function words({ text = "" }: ArchiveFilter): Query[] {
  if (text.length > LONGEST_TEXT) throw badQuery("text", `${text.length} characters long`, "at most 1000");
  const count = new Set(text.split(/\s+/u)).size;
  if (count > MOST_WORDS) throw badQuery("text", `of ${count} words`, `of at most ${MOST_WORDS}`);
  return searchPhrases(text).map(phrase);
}

function phrase({ tokens, openEnd }: SearchPhrase): Query {
  const query = tokens.join(" ");
  return openEnd ? { match_phrase_prefix: { tokens: { query } } } : { match_phrase: { tokens: { query } } };
}

function lists(filter: ArchiveFilter): Query[] {
  return (["type", "source", "severity", "status"] as const).flatMap((name) => {
    const values = filter[name];
    if (values === undefined) return [];
    if (values.length < 1 || values.length > MOST_VALUES) {
      throw badQuery(name, `a list of ${values.length}`, `a list of 1 to ${MOST_VALUES} values`);
    }
    return [{ terms: { [name]: [...values] } }];
  });
}

function exact(filter: ArchiveFilter): Query[] {
  return (["subject", "incident", "invalid"] as const).flatMap((name) => {
    const value = filter[name];
    return value === undefined ? [] : [{ term: { [name]: value } }];
  });
}

function labels({ labels = {} }: ArchiveFilter): Query[] {
  const pairs = Object.entries(labels);
  if (pairs.length > MOST_LABELS)
    throw badQuery("labels", `${pairs.length} labels`, `at most ${MOST_LABELS}`);
  return pairs.map(([key, value]) => ({ term: { [`labels.${key}`]: value } }));
}

function numbers({ numbers: asked = {} }: ArchiveFilter, numericFields: readonly string[]): Query[] {
  const fault = rangesFault(asked, numericFields);
  if (fault) throw badQuery(fault.name, fault.value, fault.wants);
  return Object.entries(asked).map(([field, { min, max }]) => {
    const range = { ...(min === undefined ? {} : { gte: min }), ...(max === undefined ? {} : { lte: max }) };
    return { range: { [`numbers.${field}`]: range } };
  });
}

/** One and the same verdict must fit both, so that the two together are one term. */
function verdict({ ruleId, reason }: ArchiveFilter): Query[] {
  if (ruleId !== undefined && reason !== undefined) return [{ term: { said: saidTerm(ruleId, reason) } }];
  if (ruleId !== undefined) return [{ term: { rules: ruleId } }];
  return reason === undefined ? [] : [{ term: { reasons: reason } }];
}

function span({ from, to }: ArchiveFilter): Query[] {
  if (from === undefined && to === undefined) return [];
  const range: Record<string, number | string> = { format: "epoch_millis" };
  if (from !== undefined) range["gte"] = instant("from", from);
  if (to !== undefined) range["lt"] = instant("to", to);
  return [{ range: { receivedAt: range } }];
}

// Not brought within what an archive orders by: nothing is later than a bound beyond it.
function instant(name: string, iso: string): number {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) throw badQuery(name, JSON.stringify(iso), "an ISO instant");
  return ms;
}
