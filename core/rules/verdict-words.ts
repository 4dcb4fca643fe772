import type { VerdictReason } from "./verdict.ts";

/** A reason as people read it. */
export interface VerdictWords {
  zh: string;
  en: string;
}

const WORDS: Record<VerdictReason, VerdictWords> = {
  fired: { zh: "触发，建了任务", en: "fired, a task was made" },
  feature_failed: { zh: "特征不符", en: "a feature does not fit" },
  off_schedule: { zh: "不在规则的生效时间内", en: "outside the rule's schedule" },
  in_window: { zh: "在维护窗口内", en: "within a maintenance window" },
  muted: { zh: "已被静默", en: "muted" },
  event_invalid: { zh: "事件不符合类型的格式", en: "the event does not fit its type's schema" },
  not_firing: { zh: "不是触发状态", en: "the event is not firing" },
  repeat: { zh: "同一故障的重复告警", en: "a repeat of the same incident" },
  late: { zh: "迟到的旧事件", en: "older than what came before it" },
  recovered: { zh: "告警已恢复", en: "the alert has recovered" },
  stale: { zh: "收到得太久，超过规则的 maxAge", en: "received too long ago, beyond the rule's maxAge" },
  params_failed: { zh: "参数组装失败", en: "the params cannot be rendered" },
  throttled: { zh: "被限流", en: "held back by the throttle" },
  too_deep: { zh: "规则接力超过层数", en: "too many rules in a row" },
  too_many_rounds: { zh: "同一对象轮数过多", en: "too many rounds on the same subject" },
  no_allowed_cluster: { zh: "没有可用的集群", en: "no cluster is allowed" },
  no_elements: { zh: "forEach 的列表是空的", en: "the list of forEach is empty" },
  too_many_elements: { zh: "forEach 的列表太长", en: "the list of forEach is too long" },
  shadow: { zh: "影子规则，只记录不执行", en: "a shadow rule, it only records what it would do" },
  policy_void: { zh: "策略无效", en: "the policy is void" },
};

/** A verdict's reason in words. */
export function verdictWords(reason: VerdictReason): VerdictWords {
  return WORDS[reason];
}
