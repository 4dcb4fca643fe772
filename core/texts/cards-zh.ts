import type { CardTexts } from "./card-texts.ts";

export const cardsZh: CardTexts = {
  severities: { critical: "紧急", major: "严重", warning: "警告", info: "提示", unknown: "级别未知" },
  asker: "发起人",
  machine: "本机命令行",
  bound: (clusters) => `参数 · 集群 ${clusters}`,
  boundInPart: ({ clusters, id }) => `参数（未显示完，请发送 任务 ${id}）· 集群 ${clusters}`,
  targets: ({ count, first }) => `共 ${count} 个：${first}`,
  majority: "多数拒绝才不执行",
  startedAt: (when) => `${when} 开始`,
  attempt: (no) => `第 ${no} 次执行`,
  controlAsked: (what) => `已要求${what}，等待确认`,
  details: "查看详情",
  followed: "解除后另发卡片",
  hold: ({ what, by, when, until, why }) =>
    `急停（${what}），${by} ${when} 起 · ${until} 前解除会自动启动，逾期不执行 · ${why}`,
  group: {
    list: ({ count, left, clusters }) => {
      const rest = left > 0 ? `（另有 ${left} 个未列出，请发送 任务）` : "";
      return `${count} 个任务${rest} · 集群 ${clusters}`;
    },
    common: (params) => `共同参数 ${params}`,
    each: "每项单独执行，可回复“批准 编号”逐项处理",
    settled: ({ count, counts }) => `已处理 ${count} 个：${counts}`,
  },
};
