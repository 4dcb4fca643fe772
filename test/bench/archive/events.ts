import type { Severity, WhaleEvent } from "../../../core/events/index.ts";
import { eventId } from "../../../core/ids/index.ts";

/** What one kind of alert says. */
interface Kind {
  type: string;
  alertname: string;
  severity: Severity;
  summary: (host: string) => string;
  description: string;
}

const KINDS: readonly Kind[] = [
  {
    type: "vm.disk.usage",
    alertname: "NodeFilesystemAlmostOutOfSpace",
    severity: "critical",
    summary: (host) => `磁盘将满：${host} 的 /data 只剩不到 3%`,
    description: "挂载点 /data 已用 97.13%，请确认是否有日志未轮转，必要时清理 /data/logs 下的旧文件",
  },
  {
    type: "vm.memory.usage",
    alertname: "NodeMemoryHighUtilization",
    severity: "warning",
    summary: (host) => `内存使用率过高：${host} 已用 92.4%`,
    description: "最近 15 分钟内存使用率一直高于 90%，可能发生 OOM，请查看占用最多的进程并联系业务负责人",
  },
  {
    type: "vm.cpu.load",
    alertname: "NodeCPUHighUsage",
    severity: "major",
    summary: (host) => `CPU 使用率过高：${host} 用户态 96.1%`,
    description: "最近 10 分钟平均负载高于核数的两倍，接口延迟可能上升，请检查是否有定时任务或流量突增",
  },
];

const TEAMS = ["交易中台", "支付网关", "搜索推荐", "基础架构", "数据平台"];
const START_MS = Date.UTC(2026, 10, 1);

/** So many events of one second. */
const PER_SECOND = 200;

/** Alert number `no` of a stream, about 1 KB as JSON: eight labels and Chinese text, as a monitor sends them. */
export function benchEvent(no: number): WhaleEvent {
  const kind = KINDS[no % KINDS.length] as Kind;
  const machine = (no * 7919) % 20_000;
  const host = `vm-shop-${String(machine).padStart(6, "0")}`;
  const receivedAt = new Date(START_MS + Math.floor((no * 1000) / PER_SECOND)).toISOString();
  const fingerprint = (machine * 2_654_435_761).toString(16).padStart(16, "0");
  const labels = labelsOf(kind, machine, host);
  return {
    id: eventId("prometheus", `${fingerprint}/${no}`),
    type: kind.type,
    name: kind.alertname,
    title: kind.summary(host),
    source: no % 10 === 0 ? "prometheus-hz" : "prometheus",
    subject: host,
    severity: kind.severity,
    status: no % 4 === 3 ? "resolved" : "firing",
    time: receivedAt,
    receivedAt,
    fingerprint,
    incident: fingerprint,
    labels,
    annotations: { summary: kind.summary(host), description: kind.description },
    detail: { host, app: labels["job"] ?? "", mount: "/data", usage: (no % 1000) / 10 },
    violations: [],
    rawRef: `sha256:${fingerprint.repeat(4)}`,
  };
}

function labelsOf(kind: Kind, machine: number, host: string): Record<string, string> {
  return {
    alertname: kind.alertname,
    env: "prod",
    hostname: host,
    instance: `10.${machine % 200}.${machine % 250}.${machine % 97}:9100`,
    job: "node-exporter",
    device: "/dev/vdb1",
    team: TEAMS[machine % TEAMS.length] ?? "",
    severity: kind.severity,
  };
}
