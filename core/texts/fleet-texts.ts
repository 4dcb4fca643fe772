import type { AtDeadline, DrainCounts, DrainEnd } from "../clusters/drain.ts";

/** What is said of draining clusters, in one language. */
export interface FleetTexts {
  open: (count: number) => string;
  left: (counts: DrainCounts) => string;
  drained: string;
  unknown: string;
  notDrained: string;
  /** Before it is confirmed; tasks of these businesses will wait. */
  drainAsk: (waiting: string) => string;
  /** Of a drain with a deadline. */
  until: { label: string; value: (length: string, atDeadline: AtDeadline) => string };
  stranded: (businesses: string) => string;
  begun: (name: string, left: string) => string;
  before: (facts: { name: string; by: string; left: string }) => string;
  undrainAsk: { canary: string; skip: string };
  undrained: (name: string) => string;
  canaryFailed: (name: string, message: string) => string;
  ends: Record<DrainEnd, string>;
  atDeadline: Record<AtDeadline, string>;
  deadline: (what: string) => string;
  /** To those who may drain it. */
  told: (facts: { name: string; what: string } & DrainCounts) => string;
}

export const fleetZh: FleetTexts = {
  open: (count) => `未结束 ${count}`,
  left: ({ own, paused, all }) => `还在跑：鲸 ${own}，暂停 ${paused}，共 ${all ?? "?"}`,
  drained: "已排空",
  unknown: "没有这个集群",
  notDrained: "它没有在排空",
  drainAsk: (waiting) => {
    const waits = waiting && `这些业务的任务会等待：${waiting}。`;
    return `不再在它上面启动新的执行；在跑的会跑完，暂停的保留。${waits}`;
  },
  until: {
    label: "期限",
    value: (length, atDeadline) => {
      const then = { wait: "仍然等待", cancel: "取消鲸的执行", leave: "保留没跑完的" };
      return `${length}，到期${then[atDeadline]}`;
    },
  },
  stranded: (businesses) => `不能排空：这些业务会没有可用的集群：${businesses}。确要如此请写 强制 和原因`,
  begun: (name, left) => `${name} 开始排空。${left}`,
  before: ({ name, by, left }) => `${name} 已由 ${by} 排空。${left}`,
  undrainAsk: { canary: "先试运行一次空操作，成功后恢复启动", skip: "不试运行，立即恢复启动" },
  undrained: (name) => `${name} 已恢复启动`,
  canaryFailed: (name, message) => `${name} 仍在排空：试运行没有成功：${message}`,
  ends: {
    empty: "已没有执行在跑，可以动它了",
    canceled: "到期，鲸的执行已取消",
    left: "到期，没跑完的保留",
  },
  atDeadline: { wait: "等待", cancel: "取消", leave: "保留" },
  deadline: (what) => `已到期限，按选择：${what}`,
  told: ({ name, what, own, paused, all }) =>
    `集群 ${name} 排空：${what}（鲸 ${own}，暂停 ${paused}，共 ${all ?? "?"}）`,
};

export const fleetEn: FleetTexts = {
  open: (count) => `open ${count}`,
  left: ({ own, paused, all }) => `still runs: Whale ${own}, paused ${paused}, all ${all ?? "?"}`,
  drained: "drained",
  unknown: "there is no such cluster",
  notDrained: "it is not drained",
  drainAsk: (waiting) => {
    const waits = waiting && ` Tasks of these businesses will wait: ${waiting}.`;
    return `Nothing new starts on it; what runs ends by itself, what is paused is kept.${waits}`;
  },
  until: {
    label: "Until",
    value: (length, atDeadline) => {
      const then = { wait: "wait on", cancel: "cancel its runs", leave: "leave what runs" };
      return `${length}, then ${then[atDeadline]}`;
    },
  },
  stranded: (businesses) =>
    `not drained: these businesses would have no cluster left: ${businesses}. If it must be, write force and why`,
  begun: (name, left) => `${name} is drained now. ${left}`,
  before: ({ name, by, left }) => `${name} was drained by ${by} before. ${left}`,
  undrainAsk: {
    canary: "A canary is run first; once it passed, starts go there again",
    skip: "Without a canary starts go there again at once",
  },
  undrained: (name) => `${name} takes starts again`,
  canaryFailed: (name, message) => `${name} stays drained: its canary failed: ${message}`,
  ends: {
    empty: "nothing runs there any more",
    canceled: "deadline: Whale's own runs are canceled",
    left: "deadline: what still runs is left",
  },
  atDeadline: { wait: "wait", cancel: "cancel", leave: "leave" },
  deadline: (what) => `its deadline has come: ${what}`,
  told: ({ name, what, own, paused, all }) =>
    `cluster ${name}, drain: ${what} (Whale ${own}, paused ${paused}, all ${all ?? "?"})`,
};
