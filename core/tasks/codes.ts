import type { Effect } from "./effects.ts";
import type { CardRecord, Task, UpdateCode } from "./task.ts";

/** Codes live 72 h (reference/wecom.md 3.8); an hour is left for a slow clock. */
const CODE_LIFE_MS = 71 * 3_600_000;
const CODES_KEPT = 20;

/** The card with one more code; the same code is kept once. */
export function withCode<Card extends { codes: readonly UpdateCode[] }>(card: Card, code: UpdateCode): Card {
  if (card.codes.some((known) => known.code === code.code)) return card;
  return { ...card, codes: [...card.codes, code].slice(-CODES_KEPT) };
}

/** The card without a code that was spent. */
export function withoutCode<Card extends { codes: readonly UpdateCode[] }>(
  card: Card,
  spent: string,
): Card & { codes: UpdateCode[] } {
  return { ...card, codes: card.codes.filter(({ code }) => code !== spent) };
}

/** The codes that WeCom still takes. */
export function liveCodes(codes: readonly UpdateCode[], nowMs: number): UpdateCode[] {
  return codes.filter(({ atMs }) => nowMs - atMs < CODE_LIFE_MS);
}

/** The task with one of its cards changed. */
export function withCard(task: Task, cardNo: number, change: (card: CardRecord) => CardRecord): Task {
  return { ...task, cards: task.cards.map((card) => (card.no === cardNo ? change(card) : card)) };
}

/** The code of a card that can be spared most: a click's, else that of the sending; undefined where none is left. */
export function spareCode({ codes }: Pick<CardRecord, "codes">, nowMs: number): UpdateCode | undefined {
  const live = liveCodes(codes, nowMs);
  return live.findLast(({ from }) => from === "click") ?? live[0];
}

type Preference = "click" | "click_only";

/**
 * Spends one code of each card to show the task's present state. Clicks' codes go first, so that the code of
 * the sending is kept for the end; with `click_only` it is not touched at all (reference/wecom.md 3.8).
 */
export function updateCards(
  task: Task,
  nowMs: number,
  preference: Preference,
): { task: Task; effects: Effect[] } {
  const effects: Effect[] = [];
  const cards = task.cards.map((card) => {
    const live = liveCodes(card.codes, nowMs);
    const chosen = spareCode(card, nowMs);
    if (!chosen || (preference === "click_only" && chosen.from !== "click")) return { ...card, codes: live };
    effects.push({ kind: "update", cardNo: card.no, code: chosen.code });
    return { ...card, codes: live.filter((c) => c !== chosen) };
  });
  return { task: { ...task, cards }, effects };
}
