import type { InboxClaim } from "../core/ports/index.ts";
import { batchViewing, handleBatchClick } from "./batches/index.ts";
import { knownAlone } from "./channels/index.ts";
import { handleClick, handleConfirmClick, handleText, isConfirmClick } from "./chat/index.ts";
import { chatOver, upgradeClicksOver } from "./wire-chat.ts";
import { questionClicksOver } from "./wire-inquiries.ts";
import { releaseClicksOver } from "./wire-release.ts";
import type { Ground } from "./work.ts";
import type { Viewer } from "./workers/index.ts";

/** Works on what WeCom brings: messages, clicks on cards of each kind, and what it says of the app itself. */
export function inboxHandler(ground: Ground, view: Viewer): (item: InboxClaim) => Promise<void> {
  const { stores, executor, inForce, settings, advancer, delegations, clock, log, metrics, onStep } = ground;
  const { store } = stores;
  const { directory } = ground.wecom;
  const clicks = {
    ...{
      tasks: store.tasks,
      outbox: store.outbox,
      view,
      directory,
      delegations,
      advancer,
      executor,
      settings,
    },
    ...{ rules: () => inForce().rules, clusters: () => inForce().clusters },
    ...{ clock, log, metrics, onStep },
  };
  const batchClicks = { ...clicks, state: store.state, ...batchViewing(view) };
  const questionClick = questionClicksOver(ground, view);
  const upgradeClick = upgradeClicksOver(ground, view);
  const releaseClick = releaseClicksOver(ground, view);
  const messages = { chat: chatOver(ground, view), outbox: store.outbox, clock };
  const { plainId, config } = ground;
  const knowing = {
    directory,
    plainId,
    outbox: store.outbox,
    language: config.language,
    clock,
    log,
    metrics,
  };
  return knownAlone(async ({ payload, key }) => {
    if (payload.kind === "text") return handleText(payload, key, messages);
    if (payload.kind === "click") {
      if (isConfirmClick(payload)) return handleConfirmClick(payload, key, messages);
      if ((await questionClick(payload, key)) || (await upgradeClick(payload, key))) return;
      if (await releaseClick(payload, key)) return;
      if (!(await handleBatchClick(payload, key, batchClicks))) await handleClick(payload, key, clicks);
      return;
    }
    log.info({ event: payload.event, by: payload.userId }, "WeCom event noted");
    // WeCom itself says it: a member cannot raise an alarm by an event of the same name.
    if (payload.userId === "sys") await ground.onAppEvent(payload.event);
  }, knowing);
}
