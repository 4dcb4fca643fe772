import { alertmanager } from "./alertmanager.ts";
import { alibabaCloud } from "./alibaba-cloud.ts";
import { awsSns } from "./aws-sns.ts";
import { blueking } from "./blueking.ts";
import { cloudevents } from "./cloudevents.ts";
import { generic } from "./generic.ts";
import { MAPPED_OPTIONS } from "./generic-mapped.ts";
import { grafana } from "./grafana.ts";
import { huaweiSmn } from "./huawei-smn.ts";
import { kubernetes } from "./kubernetes.ts";
import { nightingale } from "./nightingale.ts";
import { openFalcon } from "./open-falcon.ts";
import { checkHosts, checkNamedPaths, type OptionChecks, withOptions } from "./options.ts";
import type { SourceAdapter } from "./source-adapter.ts";
import { tencentCloud } from "./tencent-cloud.ts";
import { zabbix } from "./zabbix.ts";
import { ZABBIX_FIELDS } from "./zabbix-fields.ts";

/** What may be sent over REST. */
export const standardForms = { generic, cloudevents } as const;

const ADAPTERS: readonly (readonly [SourceAdapter, OptionChecks?])[] = [
  [alertmanager],
  [grafana],
  [zabbix, { fields: checkNamedPaths(ZABBIX_FIELDS) }],
  [nightingale],
  [openFalcon],
  [cloudevents],
  [tencentCloud],
  [alibabaCloud],
  [blueking],
  [huaweiSmn, { confirmHosts: checkHosts }],
  [awsSns, { confirmHosts: checkHosts }],
  [kubernetes],
  [generic, MAPPED_OPTIONS],
];

/** Every kind of sender that can be read, by the word in a source's file. */
export const sourceKinds: Readonly<Record<string, SourceAdapter>> = Object.fromEntries(
  ADAPTERS.map(([adapter, checks]) => [adapter.kind, withOptions(adapter, checks ?? {})]),
);
