import type { Secrecy } from "../core/pages/index.ts";
import type { Directory, Executor } from "../core/ports/index.ts";
import {
  type Answerer,
  createAnswerer,
  handleQuestionClick,
  type InquiryWatch,
  overheard,
  type QuestionDeliverDeps,
  startInquiryWatch,
  withQuestions,
} from "./inquiries/index.ts";
import type { Languages } from "./languages/index.ts";
import type { Ground } from "./work.ts";
import { createViewer, type Deliver, type Viewer } from "./workers/index.ts";

/** What an answerer is made of. */
type AnswerGround = Pick<Ground, "stores" | "clock" | "log" | "metrics"> & {
  executor: Pick<Executor, "answer">;
};

/** Who brings answers of people to workflows. */
export function answererOver(ground: AnswerGround, view: Viewer): Answerer {
  const { stores, executor, clock, log, metrics } = ground;
  const { state, tasks, outbox, audit } = stores.store;
  return createAnswerer({ state, tasks, outbox, audit, executor, view, clock, log, metrics });
}

/** The same for pages and REST, in a process that may have no workers. */
export function answererServing(
  parts: AnswerGround & { directory: Directory; languages: Pick<Languages, "of">; secrecy: Secrecy },
  { timeZone, plain }: { timeZone: string; plain: (text: string) => string },
): Answerer {
  const { stores, directory, languages } = parts;
  const { archive } = stores;
  const { journal } = stores.store;
  return answererOver(
    parts,
    createViewer({ directory, journal, archive, languages, timeZone, secrecy: parts.secrecy, plain }),
  );
}

/** Takes a click on a question's card; false when it is none. */
export function questionClicksOver(ground: Ground, view: Viewer) {
  const { stores, delegations, clock, log, metrics } = ground;
  const { state, tasks, outbox } = stores.store;
  const answerer = answererOver(ground, view);
  const { directory } = ground.wecom;
  const deps = { state, tasks, outbox, directory, delegations, view, answerer, clock, log, metrics };
  return (...[payload, key]: [Parameters<typeof handleQuestionClick>[0], string]): Promise<boolean> =>
    handleQuestionClick(payload, key, deps);
}

/** Sends what is about questions; everything else is handed on. */
export function questionsSent(
  deliver: Deliver,
  ground: Ground,
  { view, channel }: Pick<QuestionDeliverDeps, "view" | "channel">,
): Deliver {
  const { stores, delegations, clock, log, metrics } = ground;
  const { state, tasks, outbox } = stores.store;
  const { directory } = ground.wecom;
  return withQuestions(deliver, {
    ...{ outbox, state, tasks, channel, directory, delegations, view, clock, log, metrics },
  });
}

/** Notices what workflows ask. Its executor is to be used where hints are heard, so that they are heard here too. */
export function inquiriesOver(ground: Ground, view: Viewer): { watch: InquiryWatch; executor: Executor } {
  const { stores, executor, inForce, clock, log } = ground;
  const { state, tasks, outbox, audit, leases } = stores.store;
  const clusters = () => inForce().clusters.map((cluster) => cluster.name);
  const answerer = answererOver(ground, view);
  const { holder } = stores;
  const watch = startInquiryWatch({
    ...{ state, tasks, outbox, audit, executor, answerer, leases, holder, clusters, view, clock, log },
  });
  return { watch, executor: overheard(executor, watch) };
}
