import { parseReleaseCardId } from "../../core/cards/index.ts";
import { answersTo } from "../../core/outbox/index.ts";
import type { Directory, InboxPayload, Metrics } from "../../core/ports/index.ts";
import { RELEASE_DEEDS, type Release } from "../../core/releases/index.ts";
import type { RoleFinder } from "../people.ts";
import { releaseDoneWords } from "./answers.ts";
import { doWithRelease, type ReleaseDecideDeps, type ReleaseDone } from "./decide.ts";
import { type ReleaseTellDeps, shownCard } from "./tell.ts";

export interface ReleaseClickDeps
  extends Omit<ReleaseDecideDeps, "directory">,
    Pick<ReleaseTellDeps, "outbox" | "view" | "clock" | "log"> {
  directory: Pick<Directory, "vouch" | "nameOf">;
  rolesOf: RoleFinder;
  metrics: Metrics;
}

type ClickPayload = Extract<InboxPayload, { kind: "click" }>;

/** Carries out one click on a card of a release, and shows it as it is then. False when the card is none of one. */
export async function handleReleaseClick(
  payload: ClickPayload,
  key: string,
  deps: ReleaseClickDeps,
): Promise<boolean> {
  const card = parseReleaseCardId(payload.cardId);
  if (card === null) return false;
  const release = await deps.releases.find(card.id);
  deps.metrics.count("clicks", { outcome: release ? "release" : "unknown_card" });
  if (!release) {
    deps.log.warn({ cardId: payload.cardId, by: payload.userId }, "click on a release that is not ours");
    return true;
  }
  const deed = RELEASE_DEEDS.find((one) => one === payload.button);
  if (deed !== undefined) {
    const by = payload.userId;
    const actor = { kind: "user" as const, userId: by, ...(await deps.rolesOf(by, { fresh: true })) };
    const wish = { id: card.id, deed, actor, why: "", key, atMs: deps.clock.nowMs(), since: card.since };
    await answer(await doWithRelease(wish, deps), { payload, key }, deps);
  }
  await showAgain((await deps.releases.find(card.id)) ?? release, { payload, key }, deps);
  return true;
}

interface Clicked {
  payload: ClickPayload;
  key: string;
}

/** Told only where it is not what the card shows by itself, and a message of the step says as well. */
async function answer(done: ReleaseDone, { payload, key }: Clicked, deps: ReleaseClickDeps): Promise<void> {
  if (done.outcome === "repeated" || (done.outcome === "moved" && payload.code !== undefined)) return;
  const to = payload.userId;
  const { texts, plain } = await deps.view(null, [to]);
  const words = releaseDoneWords(done);
  const body = { kind: "answer" as const, to, text: plain(texts.wordsOf(words)) };
  await deps.outbox.add([
    { key: `answer:${key}`, taskId: answersTo(to), lane: 3, body, dueAtMs: deps.clock.nowMs() },
  ]);
}

/** By the click's own code, which is good for one update (reference/wecom.md 3.8). */
async function showAgain(release: Release, { payload, key }: Clicked, deps: ReleaseClickDeps): Promise<void> {
  const { code, cardId, userId: to } = payload;
  if (code === undefined) return;
  const { card } = await shownCard(release, to, deps);
  const body = { kind: "confirm" as const, to, cardId, card, code };
  await deps.outbox.add([{ key: `show:${key}`, taskId: null, lane: 1, body, dueAtMs: deps.clock.nowMs() }]);
}
