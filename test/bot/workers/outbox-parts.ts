import type { TestContext } from "node:test";
import { markdownText, textMessages } from "../../../adapters/wecom/index.ts";
import { batchViewing, deliverBatch, gatherBatch } from "../../../bot/batches/index.ts";
import {
  budgetLeft,
  createAdvancer,
  createChannel,
  createChannelGates,
  createDeliver,
  createDigester,
  startOutboxWorker,
} from "../../../bot/workers/index.ts";
import { ChatOpsError } from "../../../core/errors.ts";
import { DEFAULT_BUDGETS } from "../../../core/outbox/index.ts";
import type { People } from "../../../core/people/index.ts";
import type { Directory, StorePorts } from "../../../core/ports/index.ts";
import { DEFAULT_SETTINGS } from "../../../core/tasks/index.ts";
import { textsOf } from "../../../core/texts/index.ts";
import { openMemoryStore } from "../../../fixtures/memory/index.ts";
import { movableClock } from "../../support/clock.ts";
import { recordingLog } from "../../support/log.ts";
import { shownAll } from "../../support/secrecy.ts";
import { limitedChat } from "./chat-with-limits.ts";
import { countedMetrics, settled } from "./parts.ts";

/** Tags are their own only member, except for those that cannot be read. */
function directoryWithout(unreadable: ReadonlyMap<string, Error>): Directory {
  return {
    expand: async ({ users = [], tag }) => {
      const error = tag === undefined ? undefined : unreadable.get(tag);
      if (error) throw error;
      return [...users, ...(tag === undefined ? [] : [tag])];
    },
    vouch: async () => ({ outcome: "entitled", groups: [0] }),
    nameOf: async (userId) => userId,
  };
}

/** How the directory answers for a tag that was deleted. */
export const TAG_GONE = new ChatOpsError('WeCom shows the app no tag "gone"', {
  code: "wecom.unknown_tag",
  reached: "no",
});

const messagesIn = (markdown: string) => textMessages(markdown).length;

/** The outbox's worker over a store in memory and a chat that has WeCom's limits. It starts with `start`. */
export function outboxSetting(t: TestContext) {
  const clock = movableClock();
  const store: StorePorts & ReturnType<typeof openMemoryStore> = openMemoryStore({ clock });
  const chat = limitedChat(clock, messagesIn);
  const log = recordingLog();
  const metrics = countedMetrics();
  const common = { clock, log, metrics, onStep: () => undefined };
  const { outbox, journal, tasks, throttle } = store;
  const advancer = createAdvancer({ tasks, ...common }, DEFAULT_SETTINGS);
  const gates = createChannelGates(clock, metrics);
  const channel = createChannel({
    messenger: chat.messenger,
    throttle,
    limits: DEFAULT_BUDGETS,
    gates,
    ...common,
  });
  /** Who reads Chinese; everybody else reads English. */
  const chinese = new Set<string>();
  const apart = async (ids: readonly string[]) => {
    const zh = ids.filter((id) => chinese.has(id));
    return [zh, ids.filter((id) => !chinese.has(id))].filter((some) => some.length > 0);
  };
  const view = async (_task: unknown, to: readonly string[] = []) => ({
    ...{
      texts: textsOf(to.some((id) => chinese.has(id)) ? "zh" : "en"),
      timeZone: "Asia/Shanghai",
      plain: markdownText,
      resultRows: [],
    },
    nameOf: (id: string) => id,
    shown: shownAll,
  });
  const rules: { id: string; owner?: People }[] = [];
  /** Tags that the directory cannot read, and how it fails. */
  const unreadable = new Map<string, Error>();
  const directory = directoryWithout(unreadable);
  const reads: string[] = [];
  /** Tasks whose event was to be judged again. */
  const askedAgain: string[] = [];
  const executor = {
    children: async (cluster: string, id: string) => {
      reads.push(id);
      return [{ id: "6", cluster, action: "disk.scan", status: "succeeded" }];
    },
  };
  const delegations = { withDelegates: async (ids: readonly string[]) => [...ids] };
  const viewing = batchViewing(view);
  const batching = { outbox, tasks, state: store.state, ...common };
  const deliver = createDeliver({
    askAgain: async ({ id }) => void askedAgain.push(id),
    confirmSent: async () => undefined,
    batches: {
      tasks,
      gather: (claim) => gatherBatch(claim, batching),
      deliver: (claim) => {
        return deliverBatch(claim, { ...batching, channel, directory, delegations, advancer, ...viewing });
      },
    },
    ...{ outbox, journal, tasks, channel, apart, messagesIn, directory, delegations, advancer, view },
    ...{ throttle, rules: () => rules, admin: { users: ["root"] }, executor, shown: shownAll, ...common },
  });
  const digest = createDigester({ outbox, channel, view, ...common });
  const start = () => {
    const loop = startOutboxWorker({ outbox, deliver, digest, random: () => 0, ...common });
    store.onWrite((what) => {
      if (what === "outbox") loop.wake();
    });
    t.after(() => loop.stop());
    /** Lets time pass second by second, and all that falls due be done. */
    const pass = async (seconds: number) => {
      for (let n = 0; n < seconds; n++) {
        clock.advance(1_000);
        loop.wake();
        await settled(30);
      }
    };
    const until = async (what: string, look: () => boolean | Promise<boolean>) => {
      for (let n = 0; n < 20_000; n++) {
        if (await look()) return;
        await pass(1);
      }
      throw new Error(`waited in vain for: ${what}`);
    };
    return { loop, pass, until };
  };
  const left = budgetLeft({ throttle, limits: DEFAULT_BUDGETS, clock });
  return {
    clock,
    store,
    chat,
    log,
    metrics,
    channel,
    advancer,
    left,
    rules,
    reads,
    askedAgain,
    chinese,
    unreadable,
    start,
  };
}
