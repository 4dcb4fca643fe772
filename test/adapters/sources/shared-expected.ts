import { ALERTMANAGER } from "./shared-alertmanager.ts";
import type { SharedBody } from "./shared-body.ts";
import { ALIBABA, HUAWEI, TENCENT } from "./shared-clouds.ts";
import { GRAFANA, NIGHTINGALE, OPEN_FALCON, ZABBIX } from "./shared-monitors.ts";
import { BLUEKING, CLOUDEVENTS, GENERIC, KUBERNETES } from "./shared-platforms.ts";

/** Every shared body, with what its index says must come out. Where it leaves a choice, a remark says which. */
export const SHARED_BODIES: readonly SharedBody[] = [
  ...ALERTMANAGER,
  ...GRAFANA,
  ...ZABBIX,
  ...NIGHTINGALE,
  ...OPEN_FALCON,
  ...TENCENT,
  ...ALIBABA,
  ...BLUEKING,
  ...HUAWEI,
  ...KUBERNETES,
  ...CLOUDEVENTS,
  ...GENERIC,
];
