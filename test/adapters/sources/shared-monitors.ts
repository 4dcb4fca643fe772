import { events, type SharedBody } from "./shared-body.ts";

const TEST_ALERT = { name: "Test alert", severity: "unknown", status: "resolved" };
const MIXED = {
  ...TEST_ALERT,
  time: "2022-06-17T01:04:00.782137894Z",
  endsAt: "2022-06-17T01:08:28.652747827Z",
};

/** What the folder grafana must give. */
export const GRAFANA: readonly SharedBody[] = [
  events("grafana/unified-firing-single.json", "grafana", {
    name: "CPU Usage High",
    severity: "unknown",
    subject: "",
    title: "CPU Usage High",
    incident: "68d4e65db3ad9208",
    time: "2023-03-29T09:41:10Z",
    status: "firing",
  }),
  events(
    "grafana/unified-mixed.json",
    "grafana",
    {
      ...MIXED,
      subject: "badhost.example.com",
      title: "This is a summary field, failure on badhost.example.com",
      incident: "aaafafe0953f0962",
    },
    {
      ...MIXED,
      subject: "otherhost.example.com",
      title: "This is a summary field, failure on otherhost.example.com",
      incident: "fb31814ac93dbe7d",
    },
    {
      name: "Second webhook test",
      severity: "unknown",
      subject: "",
      title: "Testing **another** failing alert",
      incident: "6f9cd313db421ef1",
      time: "2022-06-17T01:03:00.782137894Z",
      status: "firing",
    },
  ),
  events("grafana/unified-resolved.json", "grafana", {
    ...TEST_ALERT,
    subject: "",
    title: "This is a summary field, failure on <no value>",
    incident: "d8a21484c9c25a60",
    time: "2022-06-17T00:41:00.782137894Z",
    endsAt: "2022-06-17T00:51:24.067337833Z",
  }),
  events("grafana/unified-nodata.json", "grafana", {
    name: "DatasourceNoData (rule VM disk usage)",
    severity: "warning",
    subject: "",
    title: "VM disk usage: no data",
    incident: "7aefc0fd999579b8",
    time: "2025-06-12T03:10:00Z",
    status: "firing",
  }),
  // Without a time of its own: the time of receipt counts.
  events("grafana/legacy-v6-alerting.json", "grafana", {
    name: "Testing -> Battery Voltage alert",
    severity: "warning",
    subject: "",
    title: "[Alerting] TEST -> Battery Voltage alert",
    incident: "grafana-rule-58",
    status: "firing",
  }),
];

// INDEX puts the trigger's id behind the name in the problem and not in its recovery. The name is one for both,
// so the id is a label.
const AGENT = {
  name: "Linux: Zabbix agent is not available (for 3m)",
  severity: "major",
  subject: "vm-pay-app-07",
  title: "Linux: Zabbix agent is not available (for 3m)",
  incident: "zabbix-event-1843102",
  time: "2025-06-10T02:20:00Z",
};

/** What the folder zabbix must give. */
export const ZABBIX: readonly SharedBody[] = [
  events("zabbix/eda-problem.json", "zabbix", {
    name: "FS [/]: Space is critically low (used > 90%, total 40GB)",
    severity: "warning",
    subject: "vm-shop-db-03",
    title: "FS [/]: Space is critically low (used > 90%, total 40GB)",
    incident: "zabbix-event-1843021",
    time: "2025-06-10T02:14:37Z",
    status: "firing",
  }),
  events("zabbix/flat-macros-problem.json", "zabbix", { ...AGENT, status: "firing" }),
  events("zabbix/flat-macros-recovery.json", "zabbix", {
    ...AGENT,
    endsAt: "2025-06-10T02:43:10Z",
    status: "resolved",
  }),
];

const CALLBACK = {
  name: "n9e rule 54 (测试事件回调)",
  severity: "warning",
  subject: "n9e-dev.local",
  title: "测试事件回调",
  incident: "54f5543591c6dc0e30139cae196a1eee",
  time: "2025-06-06T03:24:24Z",
};
// The second event of the batch has the rule's name in INDEX only as "n9e rule 131": one rule, one name.
const BUSY = {
  name: "n9e rule 131 (机器负载-CPU较高，请关注)",
  severity: "info",
  title: "机器负载-CPU较高，请关注",
  time: "2025-06-10T02:15:00Z",
  status: "firing",
};

/** What the folder nightingale must give. */
export const NIGHTINGALE: readonly SharedBody[] = [
  events("nightingale/v8-callback-firing.json", "nightingale", { ...CALLBACK, status: "firing" }),
  events("nightingale/v8-callback-recovered.json", "nightingale", {
    ...CALLBACK,
    endsAt: "2025-06-06T03:27:39Z",
    status: "resolved",
  }),
  events("nightingale/v8-notify-channel-body.json", "nightingale", {
    name: "n9e rule 56 (测试自定义通知媒介2)",
    severity: "warning",
    subject: "n9e-dev.local",
    title: "测试自定义通知媒介2",
    incident: "f75556af7cedbe250d3d8ab709634c96",
    time: "2025-06-06T07:53:13Z",
    status: "firing",
  }),
  // The value is in this title alone: of INDEX' rules this one has several thresholds.
  events("nightingale/firing-vm-disk-full.json", "nightingale", {
    name: "n9e rule 112 (小于200G的盘，空间不足了)",
    severity: "warning",
    subject: "vm-shop-db-03",
    title: "小于200G的盘，空间不足了 (97.13)",
    incident: "e2d25fea566d01fcbfafc7020fff5b9c",
    time: "2025-06-10T02:14:37Z",
    status: "firing",
  }),
  events("nightingale/firing-dmesg-oom.json", "nightingale", {
    name: "n9e rule 120 (主机发生 OOM Kill)",
    severity: "critical",
    subject: "vm-pay-app-07",
    title: "主机发生 OOM Kill",
    incident: "f1bb07f85761dec45da78f36ec3cefb7",
    time: "2025-06-11T09:03:12Z",
    status: "firing",
  }),
  events(
    "nightingale/global-webhook-batch.json",
    "nightingale",
    { ...BUSY, subject: "vm-pay-app-08", incident: "5c4f56c826a97806a44d4400cde11fc8" },
    { ...BUSY, subject: "vm-pay-app-09", incident: "ce20bd982a0d7ce6fae9af5055925c08" },
  ),
];

// Strategy and template stand behind the name in INDEX, not alike in the two calls: the strategy is in the key.
const FREE = {
  name: "df.bytes.free.percent",
  severity: "critical",
  subject: "vm-shop-db-03",
  incident: "falcon-s318-vm-shop-db-03-df.bytes.free.percent-fstype:ext4,mount:/",
};

/** What the folder open_falcon must give. */
export const OPEN_FALCON: readonly SharedBody[] = [
  events("open-falcon/callback-problem.txt", "open-falcon", {
    ...FREE,
    title: "df.bytes.free.percent 2.87 on vm-shop-db-03 [fstype:ext4,mount:/]",
    time: "2025-06-10T02:14:00Z",
    status: "firing",
  }),
  // "start of the pair": the body has no start, the open incident has.
  events("open-falcon/callback-ok.txt", "open-falcon", {
    ...FREE,
    title: "df.bytes.free.percent 34.5 on vm-shop-db-03 [fstype:ext4,mount:/]",
    endsAt: "2025-06-10T02:41:00Z",
    status: "resolved",
  }),
  events("open-falcon/im-form-problem.txt", "open-falcon", {
    name: "net.if.in.dropped",
    severity: "warning",
    subject: "vm-pay-app-07",
    title: "网卡丢包",
    incident: "falcon-vm-pay-app-07-net.if.in.dropped-iface=eth0",
    time: "2025-06-10T06:05:00Z",
    status: "firing",
  }),
];
