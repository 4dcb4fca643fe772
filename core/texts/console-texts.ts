/** What the console says beside what chat and the pages of tasks say too, in one language. */
export interface ConsoleTexts {
  /** Names the list of the places, for those who do not see it. */
  nav: string;
  places: { overview: string; tasks: string; events: string; clusters: string };
  waits: string;
  underWay: string;
  noneUnderWay: string;
  endedLast: string;
  noneEnded: string;
  /** A link to a whole list. */
  all: string;
  /** To somebody who may see nothing but what is theirs. */
  onlyOwn: string;
  columns: {
    task: string;
    cluster: string;
    made: string;
    version: string;
    since: string;
    drain: string;
    open: string;
    zone: string;
  };
  filter: {
    any: string;
    open: string;
    ended: string;
    text: string;
    type: string;
    status: string;
    event: string;
    since: string;
    spans: { "1h": string; "24h": string; "7d": string };
    /** What else a query is kept to. */
    only: (what: string) => string;
    search: string;
    clear: string;
  };
  newest: string;
  older: string;
  /** Nothing fits among those that were looked at; there are more. */
  looksOn: string;
  badQuery: string;
  archiveDown: (why: string) => string;
  verdicts: string;
  incident: string;
  moreVerdicts: (count: number) => string;
  /** What a person asked for with this event. */
  askedFor: string;
}

export const consoleZh: ConsoleTexts = {
  nav: "页面",
  places: { overview: "概览", tasks: "任务", events: "事件", clusters: "集群" },
  waits: "等您授权",
  underWay: "进行中",
  noneUnderWay: "没有进行中的任务。",
  endedLast: "最近结束",
  noneEnded: "还没有结束的任务。",
  all: "全部",
  onlyOwn: "您没有查看任务、事件或集群的权限，这里只有请您授权、您发起或报告给您的任务。",
  columns: {
    task: "任务",
    cluster: "集群",
    made: "创建",
    version: "版本",
    since: "起始",
    drain: "排空",
    open: "未结束",
    zone: "区域",
  },
  filter: {
    any: "全部",
    open: "未结束",
    ended: "已结束",
    text: "文字",
    type: "事件类型",
    status: "状态",
    event: "事件",
    since: "时间",
    spans: { "1h": "最近 1 小时", "24h": "最近 24 小时", "7d": "最近 7 天" },
    only: (what) => `只看 ${what}`,
    search: "查找",
    clear: "清除",
  },
  newest: "最新",
  older: "更早",
  looksOn: "看过的这些里没有符合的，可以接着看更早的。",
  badQuery: "这样查不了：",
  archiveDown: (why) => `事件归档暂时读不到，请稍后再试：${why}`,
  verdicts: "各规则的结论",
  incident: "同一故障的事件",
  moreVerdicts: (count) => `另有 ${count} 条规则的结论未列出`,
  askedFor: "手工执行",
};

export const consoleEn: ConsoleTexts = {
  nav: "Pages",
  places: { overview: "Overview", tasks: "Tasks", events: "Events", clusters: "Clusters" },
  waits: "Waits for you",
  underWay: "Under way",
  noneUnderWay: "No task is under way.",
  endedLast: "Ended last",
  noneEnded: "No task has ended yet.",
  all: "All",
  onlyOwn:
    "You have no right to see tasks, events or clusters: here are only tasks that you may approve, asked for, or are told the end of.",
  columns: {
    task: "Task",
    cluster: "Cluster",
    made: "Made",
    version: "Version",
    since: "Since",
    drain: "Drain",
    open: "Open",
    zone: "Zone",
  },
  filter: {
    any: "All",
    open: "Open",
    ended: "Ended",
    text: "Text",
    type: "Event type",
    status: "Status",
    event: "Event",
    since: "Time",
    spans: { "1h": "Last hour", "24h": "Last 24 hours", "7d": "Last 7 days" },
    only: (what) => `Only ${what}`,
    search: "Search",
    clear: "Clear",
  },
  newest: "Newest",
  older: "Older",
  looksOn: "None of those looked at fits; older ones may.",
  badQuery: "This cannot be asked:",
  archiveDown: (why) => `The archive of events cannot be read now, please try again later: ${why}`,
  verdicts: "What the rules said",
  incident: "Events of this incident",
  moreVerdicts: (count) => `${count} more rules are not listed`,
  askedFor: "Run by hand",
};
