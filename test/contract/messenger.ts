import assert from "node:assert/strict";
import { describe } from "node:test";
import type { CardView } from "../../core/cards/index.ts";
import { ChatOpsError } from "../../core/errors.ts";
import type { CardSending, Messenger } from "../../core/ports/index.ts";
import type { MovableClock } from "../support/clock.ts";
import { testsOn } from "./harness.ts";

/** What one member sees of a card. */
export interface SeenCard {
  title: string;
  /** Keys of the buttons that can be clicked. */
  buttons: string[];
  /** The grey text in place of the buttons; null while they can be clicked. */
  closed: string | null;
}

/** A messenger before a chat that the test can look into. */
export interface MessengerHarness {
  messenger: Messenger;
  clock: MovableClock;
  /** Two people whom it reaches, one whom it knows and does not reach, and one who is nobody. */
  people: { first: string; second: string; inactive: string; nobody: string };
  /** A person's card as it is shown now; null when there is none. */
  cardOf(userId: string, cardId: string): SeenCard | null;
  /** The texts that a person got, oldest first. */
  textsOf(userId: string): string[];
  /** The files that a person got, oldest first. */
  filesOf(userId: string): { name: string; text: string }[];
  /** The next call takes effect, but its answer is lost. */
  loseNextAnswer(): void;
  /** The next call is refused because of too many calls, and has no effect. */
  limitNextCall(): void;
  close(): Promise<void>;
}

type Open = () => Promise<MessengerHarness>;

const CARD_ID = `t_${"a".repeat(52)}@1`;
const CODE_LIFE_MS = 72 * 3_600_000;

const CARD: CardView = {
  source: "鲸 · shop",
  tone: "danger",
  title: "磁盘清理 vm-1",
  subtitle: "prometheus",
  rows: [{ label: "动作", value: "disk.cleanup" }],
  text: "30 分钟内有效",
  buttons: [
    { key: "approve", text: "同意", tone: "primary" },
    { key: "reject", text: "拒绝", tone: "danger" },
  ],
};
const CLOSED: CardView = { ...CARD, tone: "good", buttons: [], closed: "张三已同意" };

function toBoth({ people }: MessengerHarness, overrides: Partial<CardSending> = {}): CardSending {
  const recipients = [people.first, people.second];
  return { cardId: CARD_ID, recipients, card: CARD, mayBeRepeat: false, ...overrides };
}

/** Whether an error is ours and says that the same call may or may not work later. */
function failure(retryable: boolean) {
  return (error: unknown): boolean => error instanceof ChatOpsError && error.retryable === retryable;
}

async function codeOf(harness: MessengerHarness): Promise<string> {
  const { code } = await harness.messenger.sendCard(toBoth(harness));
  assert.ok(code, "a new card brings a code");
  return code;
}

/** What every messenger promises. */
export function messengerContract(name: string, open: Open): void {
  describe(`messenger: ${name}`, () => {
    sendingCards(open);
    updatingCards(open);
    sendingTexts(open);
    sendingFiles(open);
  });
}

function sendingCards(open: Open): void {
  const test = testsOn(open);

  test("shows a card with its buttons to everybody it is sent to", async (harness) => {
    const { people, messenger } = harness;
    assert.deepEqual((await messenger.sendCard(toBoth(harness))).unreachable, []);
    for (const userId of [people.first, people.second]) {
      const seen = harness.cardOf(userId, CARD_ID);
      assert.deepEqual(seen, { title: CARD.title, buttons: ["approve", "reject"], closed: null });
    }
  });

  test("reports whom a card did not reach and reaches the others", async (harness) => {
    const { people, messenger } = harness;
    const recipients = [people.first, people.inactive, people.nobody];
    const { unreachable } = await messenger.sendCard(toBoth(harness, { recipients }));
    assert.deepEqual([...unreachable].sort(), [people.inactive, people.nobody].sort());
    assert.ok(harness.cardOf(people.first, CARD_ID));
  });

  test("fails for good when a card reaches nobody", async (harness) => {
    const { people, messenger } = harness;
    for (const recipients of [[people.nobody], []]) {
      await assert.rejects(messenger.sendCard(toBoth(harness, { recipients })), failure(false));
    }
  });

  test("delivers a card once when the answer to the first try is lost", async (harness) => {
    harness.loseNextAnswer();
    await assert.rejects(harness.messenger.sendCard(toBoth(harness)), failure(true));
    const receipt = await harness.messenger.sendCard(toBoth(harness, { mayBeRepeat: true }));
    assert.deepEqual(receipt, { unreachable: [] });
    assert.ok(harness.cardOf(harness.people.first, CARD_ID));
  });

  test("sends a card that may be a repeat and is none", async (harness) => {
    const receipt = await harness.messenger.sendCard(toBoth(harness, { mayBeRepeat: true }));
    assert.ok(receipt.code);
  });

  test("fails for good on a card id that was used before", async (harness) => {
    await harness.messenger.sendCard(toBoth(harness));
    await assert.rejects(harness.messenger.sendCard(toBoth(harness)), failure(false));
  });

  test("refuses a card with too many rows and shows nothing", async (harness) => {
    const rows = Array.from({ length: 7 }, () => ({ label: "a", value: "b" }));
    const sending = toBoth(harness, { card: { ...CARD, rows } });
    await assert.rejects(harness.messenger.sendCard(sending), failure(false));
    assert.equal(harness.cardOf(harness.people.first, CARD_ID), null);
  });

  test("sends a card that is closed from the start", async (harness) => {
    await harness.messenger.sendCard(toBoth(harness, { card: CLOSED }));
    assert.equal(harness.cardOf(harness.people.first, CARD_ID)?.title, CARD.title);
  });

  test("can be tried again after too many calls", async (harness) => {
    harness.limitNextCall();
    await assert.rejects(harness.messenger.sendCard(toBoth(harness)), failure(true));
    assert.ok((await harness.messenger.sendCard(toBoth(harness))).code);
  });
}

function updatingCards(open: Open): void {
  const test = testsOn(open);

  test("closes the card of the people it names and of nobody else", async (harness) => {
    const { people, messenger } = harness;
    const updating = { recipients: [people.first], card: CLOSED, mayBeRepeat: false };
    assert.equal(await messenger.updateCard({ ...updating, code: await codeOf(harness) }), "updated");
    assert.equal(harness.cardOf(people.first, CARD_ID)?.closed, "张三已同意");
    assert.equal(harness.cardOf(people.second, CARD_ID)?.closed, null);
  });

  test("says that a code is spent the second time", async (harness) => {
    const recipients = [harness.people.first];
    const updating = { recipients, card: CLOSED, mayBeRepeat: false, code: await codeOf(harness) };
    assert.equal(await harness.messenger.updateCard(updating), "updated");
    assert.equal(await harness.messenger.updateCard(updating), "code_spent");
  });

  test("says that a code is spent after 72 hours", async (harness) => {
    const recipients = [harness.people.first];
    const updating = { recipients, card: CLOSED, mayBeRepeat: false, code: await codeOf(harness) };
    harness.clock.advance(CODE_LIFE_MS + 1_000);
    assert.equal(await harness.messenger.updateCard(updating), "code_spent");
  });

  test("takes a lost answer's update as done when it is repeated", async (harness) => {
    const recipients = [harness.people.first];
    const updating = { recipients, card: CLOSED, mayBeRepeat: false, code: await codeOf(harness) };
    harness.loseNextAnswer();
    await assert.rejects(harness.messenger.updateCard(updating), failure(true));
    assert.equal(await harness.messenger.updateCard({ ...updating, mayBeRepeat: true }), "updated");
    assert.equal(harness.cardOf(harness.people.first, CARD_ID)?.closed, "张三已同意");
  });

  test("keeps the code after too many calls", async (harness) => {
    const recipients = [harness.people.first];
    const updating = { recipients, card: CLOSED, mayBeRepeat: false, code: await codeOf(harness) };
    harness.limitNextCall();
    await assert.rejects(harness.messenger.updateCard(updating), failure(true));
    assert.equal(await harness.messenger.updateCard(updating), "updated");
  });
}

function sendingTexts(open: Open): void {
  const test = testsOn(open);

  test("delivers a text and reports whom it did not reach", async ({ messenger, people, textsOf }) => {
    const recipients = [people.first, people.inactive];
    const sent = await messenger.sendText({ recipients, markdown: "**完成**", dropRepeat: false });
    assert.deepEqual(sent, { unreachable: [people.inactive] });
    assert.deepEqual(textsOf(people.first), ["**完成**"]);
  });

  test("delivers all of a long text", async ({ messenger, people, textsOf }) => {
    const lines = Array.from({ length: 400 }, (_, i) => `第 ${i} 行`);
    await messenger.sendText({ recipients: [people.first], markdown: lines.join("\n"), dropRepeat: false });
    const received = textsOf(people.first).join("\n");
    for (const line of lines) assert.ok(received.includes(line), `${line} is missing`);
  });

  test("shows a repeat once when asked to drop it, and later again", async (harness) => {
    const { messenger, people, textsOf, clock } = harness;
    const sending = { recipients: [people.first], markdown: "同一句", dropRepeat: true };
    await messenger.sendText(sending);
    await messenger.sendText(sending);
    assert.equal(textsOf(people.first).length, 1);
    clock.advance(600_000);
    await messenger.sendText(sending);
    assert.equal(textsOf(people.first).length, 2);
  });

  test("shows equal texts each time when not asked to drop them", async ({ messenger, people, textsOf }) => {
    const sending = { recipients: [people.first], markdown: "同一句", dropRepeat: false };
    await messenger.sendText(sending);
    await messenger.sendText(sending);
    assert.equal(textsOf(people.first).length, 2);
  });

  test("fails for good on a text of nothing", async ({ messenger, people }) => {
    const sending = { recipients: [people.first], markdown: " \n ", dropRepeat: false };
    await assert.rejects(messenger.sendText(sending), failure(false));
  });
}

function sendingFiles(open: Open): void {
  const test = testsOn(open);
  const FILE = { name: "输出 1.txt", text: "第一行\n第二行\n" };
  const sendingOf = (recipients: readonly string[], text = FILE.text) => {
    return { recipients, name: FILE.name, bytes: Buffer.from(text) };
  };

  test("delivers a file whole under its name, and reports whom it did not reach", async (harness) => {
    const { messenger, people, filesOf } = harness;
    const sent = await messenger.sendFile(sendingOf([people.first, people.second, people.inactive]));
    assert.deepEqual(sent, { unreachable: [people.inactive] });
    assert.deepEqual([filesOf(people.first), filesOf(people.second)], [[FILE], [FILE]]);
  });

  test("delivers a file of the least bytes, and refuses one of fewer for good", async (harness) => {
    const { messenger, people, filesOf } = harness;
    await messenger.sendFile(sendingOf([people.first], "123456"));
    for (const text of ["", "12345"]) {
      await assert.rejects(messenger.sendFile(sendingOf([people.first], text)), failure(false));
    }
    assert.equal(filesOf(people.first).length, 1);
  });

  test("refuses a file that is too big for good, and sends nothing", async ({
    messenger,
    people,
    filesOf,
  }) => {
    const bytes = new Uint8Array(20 * 1024 * 1024 + 1);
    const sending = { recipients: [people.first], name: "a.bin", bytes };
    await assert.rejects(messenger.sendFile(sending), failure(false));
    assert.deepEqual(filesOf(people.first), []);
  });

  test("fails for good when a file reaches nobody", async ({ messenger, people }) => {
    for (const recipients of [[people.nobody], []]) {
      await assert.rejects(messenger.sendFile(sendingOf(recipients)), failure(false));
    }
  });

  test("can send a file again after too many calls, and a repeat is seen twice", async (harness) => {
    const { messenger, people, filesOf } = harness;
    harness.limitNextCall();
    await assert.rejects(messenger.sendFile(sendingOf([people.first])), failure(true));
    assert.deepEqual(filesOf(people.first), []);
    await messenger.sendFile(sendingOf([people.first]));
    await messenger.sendFile(sendingOf([people.first]));
    assert.deepEqual(filesOf(people.first), [FILE, FILE]);
  });
}
