import type { Severity } from "../../core/events/index.ts";
import { severityOf } from "./severity.ts";

type Levels = Readonly<Record<string, Severity>>;

/** Zabbix' numbers, its English names and their usual translations. */
export const ZABBIX_LEVELS: Levels = {
  "5": "critical",
  disaster: "critical",
  灾难: "critical",
  "4": "major",
  high: "major",
  严重: "major",
  "3": "warning",
  average: "warning",
  一般严重: "warning",
  "2": "warning",
  警告: "warning",
  "1": "info",
  information: "info",
  信息: "info",
  "0": "unknown",
};

/** Nightingale and BlueKing count from 1, the highest, to 3. */
export const THREE_LEVELS: Levels = { "1": "critical", "2": "warning", "3": "info" };

/** Open-Falcon's P0 to P6, with or without the letter. */
export const FALCON_LEVELS: Levels = {
  "0": "critical",
  "1": "major",
  "2": "warning",
  "3": "info",
  "4": "info",
  "5": "info",
  "6": "info",
};

/** Tencent Cloud's words. */
export const TENCENT_LEVELS: Levels = { serious: "critical", remind: "info" };

/** Huawei Cloud's words. */
export const HUAWEI_LEVELS: Levels = { 紧急: "critical", 重要: "major", 次要: "warning", 提示: "info" };

/** Kubernetes knows two. */
export const KUBERNETES_LEVELS: Levels = { warning: "warning", normal: "info" };

/** The level of a sender's word by its own table, else by the words that are common. */
export function levelOf(word: string, levels: Levels): Severity {
  const key = word.trim().toLowerCase();
  return Object.hasOwn(levels, key) ? (levels[key] ?? "unknown") : severityOf(key);
}
