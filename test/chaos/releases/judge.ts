/** What is left when all releases are over. */
export interface Remains {
  /** Clusters that take no starts, and those that a release has. */
  drains: readonly string[];
  holds: readonly string[];
  /** Executions of canaries, with the request that made each. */
  canaries: readonly { requestId: string; isTwin: boolean }[];
}

/** What one release left behind. */
export interface Left {
  id: string;
  stage: string;
  /** What each workload runs, what it ran before, and what it was to run. */
  images: readonly string[];
  before: string;
  wanted: string;
}

/** What a release must not leave: anything but what it says that it did. */
export function judgeRelease({ id, stage, images, before, wanted }: Left): string[] {
  if (!["done", "rolled_back", "rejected"].includes(stage)) return [`${id} is ${stage}, and goes no further`];
  const right = stage === "done" ? wanted : before;
  const others = [...new Set(images)].filter((image) => image !== right);
  return others.map((image) => `${id} is ${stage}, but ${image} runs instead of ${right}`);
}

/** What all of them must not leave. */
export function judgeRemains({ drains, holds, canaries }: Remains): string[] {
  const own = canaries.filter(({ requestId, isTwin }) => requestId !== "" && !isTwin);
  const ids = own.map(({ requestId }) => requestId);
  const doubled = new Set(ids.filter((id, at) => ids.indexOf(id) !== at));
  return [
    ...drains.map((name) => `${name} is left drained`),
    ...holds.map((name) => `${name} is left to a release that is over`),
    ...[...doubled].map((id) => `the canary ${id} was started twice`),
  ];
}
