import { events, type SharedBody } from "./shared-body.ts";

const PERCENT = {
  severity: "critical",
  subject: "vm-shop-db-03",
  title: "磁盘利用率 > 95% (当前 97.13%)",
  incident: "c2Vzc2lvbi1leGFtcGxlLTE",
  time: "2025-06-10T02:14:00Z",
};

/** What the folder tencent must give. */
export const TENCENT: readonly SharedBody[] = [
  // The policy's id stands behind the name in INDEX in the firing body alone; it is a label.
  events("tencent-cloud/metric-firing.json", "tencent-cloud", {
    ...PERCENT,
    name: "cvm CvmDiskUsage",
    status: "firing",
  }),
  // "critical (from the pair)": the body has no level, so the adapter says unknown; the open incident has it.
  events("tencent-cloud/metric-recovered.json", "tencent-cloud", {
    ...PERCENT,
    name: "cvm CvmDiskUsage",
    severity: "unknown",
    title: "磁盘利用率 > 95% (当前 34.5%)",
    endsAt: "2025-06-10T02:41:00Z",
    status: "resolved",
  }),
  events("tencent-cloud/event-ping-unreachable.json", "tencent-cloud", {
    name: "cvm ping_unreachable",
    severity: "unknown",
    subject: "ins-9p0qz7cd",
    title: "ping不可达",
    incident: "c2Vzc2lvbi1leGFtcGxlLTI",
    time: "2025-06-11T01:00:05Z",
    status: "firing",
  }),
  // Of "id / source+type+subject for grouping" the id is the delivery's, the rest the incident's.
  events("tencent-cloud/eventbridge-cvm.json", "tencent-cloud", {
    name: "cvm:ErrorEvent:GuestReboot",
    severity: "unknown",
    subject: "vm-pay-app-07",
    title: "guest_reboot",
    incident: "cvm.cloud.tencent|cvm:ErrorEvent:GuestReboot|ins-9p0qz7cd",
    time: "2025-06-11T01:20:05Z",
    status: "firing",
  }),
];

/** What the folder alibaba must give. */
export const ALIBABA: readonly SharedBody[] = [
  // No host: what the dimensions name, ids first. The account among the dimensions is left out of the key.
  events("alibaba-cloud/cms1-form-alert.txt", "alibaba-cloud", {
    name: "acs_apigateway code5XX_stage (alarmRule_uuid_example-0001)",
    severity: "info",
    subject: "0123456789abcdef0123456789abcdef/RELEASE",
    title: "API网关_返回码5XX个数",
    incident:
      "alarmRule_uuid_example-0001|apiStageName=RELEASE,apiUid=0123456789abcdef0123456789abcdef,region=cn-shenzhen",
    time: "2023-06-01T19:02:29.981Z",
    status: "firing",
  }),
  events("alibaba-cloud/cms1-form-ok.txt", "alibaba-cloud", {
    name: "acs_ecs_dashboard diskusage_utilization (putNewAlarm_user_example-0002)",
    severity: "critical",
    subject: "vm-shop-db-03",
    title: "ECS磁盘使用率",
    incident: "putNewAlarm_user_example-0002|device=/dev/vda1,instanceId=i-bp1example0000000001",
    time: "2025-06-10T02:14:07.482Z",
    endsAt: "2025-06-10T02:41:07.482Z",
    status: "resolved",
  }),
  events("alibaba-cloud/cms2-webhook-occurred.json", "alibaba-cloud", {
    name: "rule-1",
    severity: "warning",
    subject: "api-server",
    title: "ECS CPU usage is high",
    incident: "rule-1|ecs:i-123",
    time: "2026-07-29T04:40:00.123Z",
    status: "firing",
  }),
  // The key is a hash over subject and labels.
  events("alibaba-cloud/cms2-resolved-minimal.json", "alibaba-cloud", {
    name: "ECS CPU usage is high",
    severity: "critical",
    subject: "i-123",
    title: "ECS CPU usage is high",
    incident: "a hash",
    endsAt: "2026-07-29T06:00:00Z",
    status: "resolved",
  }),
  events("alibaba-cloud/cms1-system-event.json", "alibaba-cloud", {
    name: "CloudMonitor Agent_Status_Stopped",
    severity: "critical",
    subject: "vm-site-probe-6",
    title: "Agent_Status_Stopped on vm-site-probe-6",
    incident: "acs:ecs:cn-beijing:1000000000000001:instance/i-25kexample1|Agent_Status",
    time: "2025-06-10T02:12:48Z",
    status: "firing",
  }),
];

/** What the folder huawei must give. */
export const HUAWEI: readonly SharedBody[] = [
  events("huawei-cloud/smn-ces-alarm.json", "huawei-smn", {
    name: "CES alarm-c5jj (每秒并发操作数)",
    severity: "critical",
    subject: "dcs-h4tv",
    title: "云监控通知：分布式缓存服务-DCS Redis实例 “dcs-h4tv” 的每秒并发操作数已触发告警",
    incident: "ah1748876175242exampleAA",
    time: "2025-06-02T14:56:15Z",
    status: "firing",
  }),
  events("huawei-cloud/smn-subscription-confirmation.json", "huawei-smn"),
];
