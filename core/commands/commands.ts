/** What a person can ask for in a message. */
export const COMMAND_IDS = [
  ...(["help", "tasks", "task", "ex", "logs", "reason", "mutes", "mute", "unmute", "why"] as const),
  ...(["cancel", "pause", "resume", "retry", "adopt"] as const),
  ...(["delegations", "delegate", "undelegate", "duty"] as const),
] as const;
export type CommandId = (typeof COMMAND_IDS)[number];

interface CommandSpec {
  id: CommandId;
  /** Words it goes by, in both languages, lower case. */
  words: readonly string[];
  /** What stands behind it: nothing, the id of a task, a text, or a text or nothing. */
  takes: "nothing" | "id" | "text" | "any";
}

/** The registry of commands. A word with an id and one without may mean two commands (`任务`, `任务 abc`). */
export const COMMANDS: readonly CommandSpec[] = [
  { id: "help", words: ["help", "帮助", "?"], takes: "nothing" },
  { id: "tasks", words: ["tasks", "任务", "任务列表"], takes: "nothing" },
  { id: "task", words: ["task", "任务"], takes: "id" },
  { id: "ex", words: ["ex", "执行", "状态"], takes: "id" },
  { id: "logs", words: ["logs", "log", "日志"], takes: "id" },
  { id: "reason", words: ["reason", "原因"], takes: "text" },
  { id: "mutes", words: ["mutes", "静默", "静默列表"], takes: "nothing" },
  { id: "mute", words: ["mute", "静默"], takes: "text" },
  { id: "unmute", words: ["unmute", "取消静默"], takes: "text" },
  { id: "why", words: ["why", "为什么", "为何"], takes: "text" },
  { id: "cancel", words: ["cancel", "取消"], takes: "id" },
  { id: "pause", words: ["pause", "暂停"], takes: "id" },
  { id: "resume", words: ["resume", "继续", "恢复"], takes: "id" },
  { id: "retry", words: ["retry", "重试"], takes: "id" },
  { id: "adopt", words: ["adopt", "认领"], takes: "text" },
  { id: "delegations", words: ["delegations", "委托", "委托列表"], takes: "nothing" },
  { id: "delegate", words: ["delegate", "委托"], takes: "any" },
  { id: "undelegate", words: ["undelegate", "取消委托"], takes: "text" },
  { id: "duty", words: ["duty", "值班"], takes: "any" },
];

export type ParsedCommand =
  /** `arg` is the word after the command, or all of the text behind it as it was written. */
  | { outcome: "command"; id: CommandId; arg?: string }
  | { outcome: "needs_id"; word: string }
  | { outcome: "unknown"; text: string; suggestion?: string };

/**
 * Reads a message as a command. Full-width letters and digits, zero-width characters, a leading slash or `@`
 * mention and any amount of white space are taken as their plain forms.
 */
export function parseCommand(text: string): ParsedCommand {
  const words = plainWords(text);
  const [first = "", arg] = words;
  const named = COMMANDS.filter((command) => command.words.includes(first));
  const withId = named.find((command) => command.takes !== "nothing");
  const without = named.find((command) => command.takes === "nothing" || command.takes === "any");
  if (arg !== undefined && withId) {
    if (withId.takes !== "id") return { outcome: "command", id: withId.id, arg: restOf(text, first) };
    return { outcome: "command", id: withId.id, arg };
  }
  if (without) return { outcome: "command", id: without.id };
  if (withId) return { outcome: "needs_id", word: first };
  const suggestion = nearest(first);
  return { outcome: "unknown", text: words.join(" "), ...(suggestion ? { suggestion } : {}) };
}

/** Names in orders are told apart by letter case, which the plain form of a message loses. */
function restOf(text: string, command: string): string {
  const words = text.replace(INVISIBLE, "").trim().split(/\s+/u);
  const at = words.findIndex((word) => word.normalize("NFKC").toLowerCase().replace(/^\//, "") === command);
  return words.slice(at + 1).join(" ");
}

const INVISIBLE = /\p{Cf}/gu;

function plainWords(text: string): string[] {
  const plain = text.normalize("NFKC").replace(INVISIBLE, "").toLowerCase();
  const words = plain.split(/\s+/u).filter(Boolean);
  while (words.length > 1 && words[0]?.startsWith("@")) words.shift();
  if (words[0]) words[0] = words[0].replace(/^\//, "");
  return words;
}

/** The known word within two edits, for "did you mean". */
function nearest(word: string): string | null {
  if (word.length < 2 || word.length > 20) return null;
  let best: { word: string; edits: number } | null = null;
  for (const known of COMMANDS.flatMap((command) => command.words)) {
    const edits = editDistance(word, known);
    if (edits < known.length && edits <= 2 && (!best || edits < best.edits)) best = { word: known, edits };
  }
  return best?.word ?? null;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
