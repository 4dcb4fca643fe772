import type { Callback, Plan } from "../../support/model/index.ts";

const approves: Callback = { by: "lisi", kind: "approve", key: "l1" };
const approvesAnew: Callback = { by: "lisi", kind: "approve", key: "l2" };
const otherApproves: Callback = { by: "zhangsan", kind: "approve", key: "z1" };
const otherRejects: Callback = { by: "zhangsan", kind: "reject", key: "z2" };
const startsAnew: Callback = { by: "zhangsan", kind: "again", key: "z3" };
const joins: Callback = { by: "lisi", kind: "again", key: "l3" };
const givesUp: Callback = { by: "lisi", kind: "give_up", key: "l4" };

const cancels: Callback = { by: "lisi", kind: "cancel", key: "order-l5" };
const pauses: Callback = { by: "zhangsan", kind: "pause", key: "order-z5" };
const resumes: Callback = { by: "zhangsan", kind: "resume", key: "order-z6" };

const standsIn: Callback = { by: "zhaoliu", kind: "approve", key: "a1", standsFor: "zhangsan" };
const choosesA: Callback = { ...approves, key: "la", selected: "a" };
const otherChoosesA: Callback = { ...otherApproves, key: "za", selected: "a" };
const otherChoosesB: Callback = { ...otherApproves, key: "zb", selected: "b" };

const NOTHING_ELSE = { chooses: false, surroundings: false, restores: false, doubles: false };

/**
 * What is explored. Each callback may come any number of times and at any moment, workers may crash between any two
 * of their effects, StackStorm may do to each request whatever it can, and time passes whenever it likes. What is
 * split over scenes is only who takes part.
 */
export const SCENES = {
  /** Two people, each clicking both ways, while the rule is edited, the content changed, the alert recovers. */
  people: {
    ...NOTHING_ELSE,
    need: 2,
    workers: 1,
    surroundings: true,
    callbacks: [approves, approvesAnew, otherApproves, otherRejects],
  },
  /** Two needed, one of whom may be stood in for, while both click. */
  delegated: {
    ...NOTHING_ELSE,
    need: 2,
    workers: 1,
    callbacks: [approves, otherApproves, otherRejects, standsIn],
  },
  /** Two needed who must choose the same. */
  chosen: {
    ...NOTHING_ELSE,
    need: 2,
    workers: 1,
    chooses: true,
    callbacks: [choosesA, otherChoosesA, otherChoosesB, otherRejects],
  },
  /** Two workers over one approval, until a person gives up. */
  workers: { ...NOTHING_ELSE, need: 1, workers: 2, callbacks: [approves, givesUp] },
  /** Two workers over one approval, and a person who orders another start. */
  again: { ...NOTHING_ELSE, need: 1, workers: 2, callbacks: [approves, startsAnew] },
  /** Another start that needs two people as the first did. */
  againByTwo: {
    ...NOTHING_ELSE,
    need: 2,
    workers: 1,
    callbacks: [approves, otherApproves, startsAnew, joins],
  },
  /** The store is put back to when the task was approved. */
  restored: { ...NOTHING_ELSE, need: 1, workers: 2, restores: true, callbacks: [approves] },
  /** StackStorm makes two executions of one request. */
  doubled: { ...NOTHING_ELSE, need: 1, workers: 1, doubles: true, callbacks: [approves, givesUp] },
  /** People cancel, pause and let go on, while StackStorm does as it is told, refuses, or says nothing. */
  steered: { ...NOTHING_ELSE, need: 1, workers: 1, callbacks: [approves, cancels, pauses, resumes] },
  /** Two workers over one cancel. */
  steeredByTwo: { ...NOTHING_ELSE, need: 1, workers: 2, callbacks: [approves, cancels] },
} satisfies Record<string, Plan>;
