import type { WhaleEvent } from "../../core/events/index.ts";

/** Events by id, as far as their texts go. */
export const TEXTS: Record<string, Partial<WhaleEvent>> = {
  disk: { title: "磁盘使用率过高", name: "DiskFull", subject: "vm-1", labels: {}, detail: {} },
  memory: {
    title: "内存使用率过高",
    name: "MemFull",
    subject: "vm-10",
    labels: { team: "支付" },
    detail: {},
  },
  cpu: {
    title: "CPU使用率 95%",
    name: "CpuHigh",
    subject: "db_2",
    labels: {},
    annotations: { do: "重启 nginx" },
    detail: {},
  },
  deep: {
    title: "x",
    name: "y",
    subject: "z",
    labels: {},
    detail: { a: [{ b: "Resource not accessible" }, "节点"] },
  },
};

/** What is searched for, and the ids of the events that hold it, sorted. */
export const FINDS: [text: string, found: string[]][] = [
  ["磁盘", ["disk"]],
  ["盘使", ["disk"]],
  ["盘", ["disk"]],
  ["高", ["disk", "memory"]],
  ["使用率", ["cpu", "disk", "memory"]],
  ["使用率过高", ["disk", "memory"]],
  ["使用率 过高 磁盘", ["disk"]],
  ["磁盘 内存", []],
  ["磁使", []],
  ["支付", ["memory"]],
  ["diskfull", ["disk"]],
  ["DISKFULL", ["disk"]],
  ["ＤｉｓｋＦｕｌｌ", ["disk"]],
  ["disk", []],
  ["vm-1", ["disk"]],
  ["vm", ["disk", "memory"]],
  ["vm-10 支付", ["memory"]],
  ["db", ["cpu"]],
  ["cpu使用率", ["cpu"]],
  ["cpu使", ["cpu"]],
  ["使用率cpu", []],
  ["95%", ["cpu"]],
  ["nginx", ["cpu"]],
  ["节点", ["deep"]],
  ["resource ACCESSIBLE", ["deep"]],
  ["accessible 节点 not", ["deep"]],
  ["", ["cpu", "deep", "disk", "memory"]],
  ["  \t ", ["cpu", "deep", "disk", "memory"]],
];

/** Queries that hold what would be syntax in a query language. */
export const PLAIN_TEXT: string[] = [
  ...[
    '"',
    '"磁盘" OR "内存"',
    "磁盘 OR 内存",
    "磁盘 NOT 内存",
    "NEAR(磁盘 内存)",
    "disk*",
    "^磁盘内存",
    "text:内存磁",
  ],
  ...[
    "{text} : 磁内",
    "(磁盘 内存)",
    "磁盘+内存",
    "'; DROP TABLE events; --",
    "vm-1 AND",
    "-vm99",
    "\\ 没有",
    "磁盘\uE000内存",
    "%磁%内_",
    "* ? % _ ".repeat(125),
    "NEAR(".repeat(200),
    "磁*".repeat(333),
    '"'.repeat(1000),
    "a ".repeat(500),
  ],
];
