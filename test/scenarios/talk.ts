import {
  cardClosed,
  cardsOf,
  click,
  messagesOf,
  type SeenCard,
  until,
  type World,
} from "../support/world.ts";

/** What a text of Whale must hold, part by part. */
const PARTS = /\s*…\s*/u;

interface Talking {
  world: World;
  /** How many messages of each person have been read. */
  read: Map<string, number>;
  /** Who spoke last. */
  person: string;
  /** The last card that asked to confirm. */
  card: SeenCard | null;
}

/**
 * Plays a conversation, line by line:
 * `zhangsan: text` types it (`⏎` stands for a line feed); `whale: a … b` waits for a message to that person
 * that holds a and then b; `whale ▣ a … b` waits for a card that asks to confirm; `zhangsan ▶ confirm` clicks it.
 */
export async function talk(world: World, script: string): Promise<void> {
  const talking: Talking = { world, read: new Map(), person: "", card: null };
  for (const user of Object.keys(world.wecom.chats())) talking.read.set(user, messagesOf(world, user).length);
  for (const line of script.split("\n").map((one) => one.trim())) {
    if (line !== "") await play(line, talking);
  }
}

async function play(line: string, talking: Talking): Promise<void> {
  const [, who = "", sign = "", text = ""] = /^(\S+?)(:| ▣| ▶)\s*(.*)$/u.exec(line) ?? [];
  if (sign === "") throw new Error(`no line of a conversation: ${line}`);
  if (who === "whale") return sign === ":" ? hear(text, line, talking) : seeCard(text, line, talking);
  talking.person = who;
  if (sign === ":") {
    await talking.world.wecom.say(who, text.replaceAll("⏎", "\n"));
    return;
  }
  if (!talking.card) throw new Error(`there is no card to click: ${line}`);
  await click(talking.world, talking.card, text);
  await cardClosed(talking.world, talking.card);
}

async function hear(text: string, line: string, { world, person, read }: Talking): Promise<void> {
  const from = read.get(person) ?? 0;
  const found = await until(world, `what ${person} is told: ${line}`, () => {
    const at = messagesOf(world, person).findIndex((heard, i) => i >= from && holds(heard, text));
    return at < 0 ? null : { at };
  }).catch((error: unknown) => {
    const heard = messagesOf(world, person).slice(from).join("\n---\n");
    throw new Error(`this was to be said:\n  ${line}\nbut it was said:\n${heard}`, { cause: error });
  });
  read.set(person, found.at + 1);
}

async function seeCard(text: string, line: string, talking: Talking): Promise<void> {
  const { world, person } = talking;
  const asking = () => cardsOf(world, person, "").filter(({ taskId }) => taskId?.startsWith("c_"));
  const shows = (card: unknown) => text.split(PARTS).every((part) => JSON.stringify(card).includes(part));
  const cardId = await until(world, `a card for ${person}: ${line}`, () => {
    return asking().findLast(({ card, greyed }) => greyed === null && shows(card))?.taskId;
  }).catch((error: unknown) => {
    throw new Error(`${line}\nbut the cards are:\n${JSON.stringify(asking())}`, { cause: error });
  });
  talking.card = { user: person, cardId };
}

/** Whether a message has all parts of a text, one behind the other. */
function holds(heard: string, text: string): boolean {
  let at = 0;
  for (const part of text.split(PARTS)) {
    const found = heard.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}
