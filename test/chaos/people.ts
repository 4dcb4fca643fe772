import { createHash } from "node:crypto";
import type { WecomSimulator } from "../../fixtures/simulators/wecom/index.ts";

/** What the pretended people did. */
export interface People {
  /** Cards approved by an entitled person, by card id. */
  approved: ReadonlySet<string>;
  rejected: ReadonlySet<string>;
  stop(): Promise<void>;
}

const PERSON = "zhangsan";
const LOOK_EVERY_MS = 20;
/** Looking takes at most one part of so many of the time: the simulators live in the same process. */
const LOOK_SHARE = 8;

/** One in ten is rejected, by the card's id alone, so that a card is always decided the same way. */
function verdictOf(taskId: string): "approve" | "reject" {
  return (createHash("sha256").update(taskId).digest()[0] ?? 0) < 26 ? "reject" : "approve";
}

/** A person who decides about every card that shows the buttons, and clicks again when nothing has happened. */
export function startPeople(wecom: WecomSimulator): People {
  const approved = new Set<string>();
  const rejected = new Set<string>();
  const pressing = new Map<string, Promise<void>>();

  const press = async (taskId: string): Promise<void> => {
    const verdict = verdictOf(taskId);
    (verdict === "approve" ? approved : rejected).add(taskId);
    // A card that was closed in this moment cannot be clicked any more; that is no fault.
    await wecom.click(PERSON, taskId, verdict).then(
      () => undefined,
      () => undefined,
    );
  };

  const look = () => {
    for (const item of wecom.chats()[PERSON] ?? []) {
      if (item.kind !== "card" || item.card.taskId === null) continue;
      const { taskId, buttons } = item.card;
      const asks = buttons.some((button) => button.key === "approve" && button.clickable);
      if (!asks || pressing.has(taskId)) continue;
      pressing.set(
        taskId,
        press(taskId).finally(() => pressing.delete(taskId)),
      );
    }
  };
  const lookOn = () => {
    const beganMs = performance.now();
    look();
    timer = setTimeout(lookOn, Math.max(LOOK_EVERY_MS, LOOK_SHARE * (performance.now() - beganMs)));
  };
  let timer = setTimeout(lookOn, LOOK_EVERY_MS);
  return {
    approved,
    rejected,
    stop: async () => {
      clearTimeout(timer);
      await Promise.all(pressing.values());
    },
  };
}
