/** The parts of an alert that Open-Falcon wrote as one line of text. */
export interface FalconText {
  priority: string;
  status: string;
  endpoint: string;
  note: string;
  metric: string;
  /** `k=v,k=v`; empty for none. */
  tags: string;
  /** The last value against the threshold, for example `128>100`. */
  condition: string;
  step: string;
  time: string;
}

const MAX_CHARS = 4_000;
const LINE = /^\[P(\d)\]\[(\w+)\]\[([^\]]*)\]\[[^\]]*\]\[(.*)\]\[O(\d+) ([^\]]*)\]$/s;

/**
 * Takes `[P2][PROBLEM][host][][note all(#3) metric k=v 128>100][O1 2025-06-10 14:05:00]` apart; null for any
 * other text. The note is free text, so its end is found by the function that follows it.
 */
export function parseFalconText(content: string): FalconText | null {
  const match = content.length <= MAX_CHARS ? LINE.exec(content) : null;
  if (!match) return null;
  const [, priority = "", status = "", endpoint = "", inner = "", step = "", time = ""] = match;
  const words = inner.split(" ");
  const judged = words.findLastIndex((word) => /^[a-z]+\([#\d,.]*\)$/.test(word));
  const metric = words[judged + 1] ?? "";
  if (judged < 0 || metric === "") return null;
  const rest = words.slice(judged + 2);
  // Without tags two blanks follow each other.
  const tags = rest.length > 1 ? (rest[0] ?? "") : "";
  const condition = (rest.length > 1 ? rest.slice(1) : rest).join(" ");
  return {
    priority,
    status,
    endpoint,
    note: words.slice(0, judged).join(" ").trim(),
    metric,
    tags,
    condition,
    step,
    time,
  };
}
