import { localTime } from "./local-time.ts";
import { fitted, plainText } from "./plain-text.ts";

/** A message that waits, as REST gives it. */
export interface ShownMessage {
  key: string;
  lane: string;
  kind: string;
  attempts: number;
  why: string | null;
  waits: string;
  created: string;
  due: string;
}

/** The outbox, as REST gives it. */
export interface ShownOutbox {
  depth: Record<string, number>;
  oldest: Record<string, string>;
  items: ShownMessage[];
}

/** What is left of a person's budget, as REST gives it. */
export interface ShownBudget {
  user: string;
  left: Record<string, number>;
}

const WAITS: Record<string, string> = {
  sending: "发送中 sending",
  due: "轮到 due",
  later: "未到时 later",
  budget: "等额度 budget",
  channel: "通道被拒 channel",
  retry: "等重试 retry",
};

type Column = [title: string, width: number, of: (one: ShownMessage, at: At) => string];
interface At {
  timeZone: string;
  nowMs: number;
}

const COLUMNS: Column[] = [
  ["级 lane", 9, ({ lane }) => lane],
  ["类 kind", 8, ({ kind }) => kind],
  ["已等 age", 9, ({ created }, { nowMs }) => ageText(nowMs - Date.parse(created))],
  ["等待 waits", 17, ({ waits }) => WAITS[waits] ?? waits],
  ["下次 next", 25, ({ due }, { timeZone }) => localTime(due, timeZone)],
  ["次 tries", 8, ({ attempts }) => String(attempts)],
];

/** The outbox as lines: how much waits, then a table. The key ends a line whole, and the last error follows it. */
export function outboxLines({ depth, oldest, items }: ShownOutbox, at: At): string[] {
  const kinds = Object.entries(depth).map(([kind, count]) => `${plainText(kind)} ${count}`);
  const ages = Object.entries(oldest).map(([lane, since]) => {
    return `${plainText(lane)} ${ageText(at.nowMs - Date.parse(since))}`;
  });
  if (kinds.length === 0) return [];
  const head = COLUMNS.map(([title, width]) => fitted(title, width)).join("  ");
  return [
    `等待 waiting   ${kinds.join("，")}`,
    `最久 oldest    ${ages.join("，")}`,
    `${head}  键 key`,
    ...items.flatMap((one) => linesOf(one, at)),
  ];
}

function linesOf(one: ShownMessage, at: At): string[] {
  const cells = COLUMNS.map(([, width, of]) => fitted(plainText(of(one, at)), width));
  const line = [...cells, plainText(one.key)].join("  ");
  return one.why === null ? [line] : [line, `  ${plainText(one.why)}`];
}

function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  return `${Math.floor(seconds / 3_600)}h`;
}
