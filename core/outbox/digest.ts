import { titleLine } from "../cards/index.ts";
import { shortId } from "../ids/index.ts";
import type { TaskState } from "../tasks/task.ts";
import type { Texts } from "../texts/index.ts";
import { headAndTail } from "../texts/split.ts";

/** What a digest tells of one message that it stands for. */
export type DigestLine =
  /** A task has ended. */
  | { about: "ended"; id: string; title: string; state: TaskState }
  /** Something that was to be told in these words, in the channel's markup. */
  | { about: "text"; text: string };

type Ended = Extract<DigestLine, { about: "ended" }>;

/** How a digest is written. */
export interface DigestViewing {
  texts: Texts;
  /** Makes text of events and people plain in the channel's markup. */
  plain: (text: string) => string;
  /** Most bytes of UTF-8. */
  maxBytes: number;
}

/** One of many texts takes no more of a digest than this part. */
const PART_OF_TEXT = 1 / 3;
/** What has ended well is named by its id alone, so many on a line. */
const IDS_IN_LINE = 20;
/** Kept for the line that says how many are not shown. */
const ROOM_FOR_REST = 160;

/**
 * One message for many: how many tasks have ended and how, those that did not succeed first, then what else was to be
 * told, then the others by their ids. Every line is counted; what there is no room for is told as a number.
 */
export function digestText(lines: readonly DigestLine[], viewing: DigestViewing): string {
  const { texts, maxBytes } = viewing;
  const [only] = lines;
  if (lines.length === 1 && only?.about === "text") return only.text;
  const ended = lines.filter((line) => line.about === "ended");
  const words = textsIn(lines);
  const title = texts.outbox.digestTitle({ ended: ended.length, texts: lines.length - ended.length });
  const head = [`**${title}**`, ...countLines(ended, texts)];
  const rows = [...rowsOfBad(ended, viewing), ...rowsOfTexts(words, viewing), ...rowsOfGood(ended, viewing)];
  const room = maxBytes - Buffer.byteLength(head.join("\n")) - ROOM_FOR_REST;
  const { shown, left } = fitting(rows, room);
  return [...head, ...shown, ...(left > 0 ? [texts.outbox.andMore(left)] : [])].join("\n");
}

/** The same words are told once, with how often. */
function textsIn(lines: readonly DigestLine[]): Map<string, number> {
  const counted = new Map<string, number>();
  for (const line of lines) {
    if (line.about === "text") counted.set(line.text, (counted.get(line.text) ?? 0) + 1);
  }
  return counted;
}

function countLines(ended: readonly Ended[], texts: Texts): string[] {
  const states = Map.groupBy(ended, ({ state }) => state);
  const counts = [...states].map(([state, some]) => `${texts.states[state]} ${some.length}`);
  return counts.length > 0 ? [counts.join(" · ")] : [];
}

/** Some lines of a digest, and for how many messages they stand. */
interface Row {
  text: string;
  stands: number;
}

function rowsOfBad(ended: readonly Ended[], viewing: DigestViewing): Row[] {
  const { texts } = viewing;
  const bad = ended.filter(({ state }) => state !== "succeeded");
  return bad.map(({ id, title, state }) => ({
    text: `> <font color="warning">${texts.states[state]}</font> ${shortId(id)} ${titleLine(title, viewing)}`,
    stands: 1,
  }));
}

function rowsOfTexts(words: ReadonlyMap<string, number>, { texts, maxBytes }: DigestViewing): Row[] {
  return [...words].map(([text, times]) => {
    const shown = headAndTail(text, Math.floor(maxBytes * PART_OF_TEXT), texts.outbox.leftOutHere);
    return { text: times > 1 ? `${shown} ×${times}` : shown, stands: times };
  });
}

function rowsOfGood(ended: readonly Ended[], { texts }: DigestViewing): Row[] {
  const ids = ended.filter(({ state }) => state === "succeeded").map(({ id }) => shortId(id));
  const rows: Row[] = [];
  for (let from = 0; from < ids.length; from += IDS_IN_LINE) {
    const some = ids.slice(from, from + IDS_IN_LINE);
    rows.push({ text: `> ${texts.states.succeeded} ${some.join(" ")}`, stands: some.length });
  }
  return rows;
}

function fitting(rows: readonly Row[], room: number): { shown: string[]; left: number } {
  const shown: string[] = [];
  let bytes = 0;
  let left = 0;
  for (const { text, stands } of rows) {
    const size = Buffer.byteLength(text) + 1;
    if (bytes + size > room) left += stands;
    else {
      shown.push(text);
      bytes += size;
    }
  }
  return { shown, left };
}
