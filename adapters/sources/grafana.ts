import type { Occurrence } from "../../core/events/index.ts";
import type { Json, JsonObject } from "../../core/ids/index.ts";
import { isJsonObject } from "../../core/ids/index.ts";
import { readAlertmanagerBody } from "./alertmanager.ts";
import { listAt, objectAt, textAt } from "./fields.ts";
import { readGrafanaLegacy } from "./grafana-legacy.ts";
import { missing, readObject } from "./read-body.ts";
import type { Delivery, Reading, SourceAdapter } from "./source-adapter.ts";

/** Grafana's webhook: unified alerting, and the alerting of versions 4 to 8. */
export const grafana: SourceAdapter = { kind: "grafana", read };

function read({ body, zone }: Delivery): Reading {
  const json = readObject(body);
  if (json.outcome === "refused") return json;
  if ("alerts" in json.value) return readUnified(json.value, zone);
  if ("ruleId" in json.value || "ruleName" in json.value) return readGrafanaLegacy(json.value);
  return missing("", "alerts", "ruleId");
}

function readUnified(body: JsonObject, zone: string): Reading {
  const read = readAlertmanagerBody(body, zone);
  if (read.outcome === "refused") return read;
  const alerts = listAt(body, "alerts");
  const occurrences = read.occurrences.map((occurrence, index) => withGrafana(occurrence, alerts[index]));
  return { outcome: "read", occurrences };
}

function withGrafana(occurrence: Occurrence, alert: Json | undefined): Occurrence {
  const detail = { ...(occurrence.detail as JsonObject), ...valuesOf(alert), ...linksOf(alert) };
  return { ...occurrence, ...missingDataOf(occurrence), detail };
}

const MISSING: Readonly<Record<string, string>> = { DatasourceNoData: "no data", DatasourceError: "error" };

/**
 * No data and failed evaluations are alerts of their own, with the rule in a label and the rule's annotations,
 * which tell of a threshold that nothing has crossed: they do not make the title.
 */
function missingDataOf({ name, labels }: Occurrence): Partial<Occurrence> {
  const what = Object.hasOwn(MISSING, name) ? MISSING[name] : undefined;
  const rule = labels["rulename"];
  if (what === undefined || !rule) return {};
  return { name: `${name} (rule ${rule})`, title: `${rule}: ${what}` };
}

function linksOf(alert: Json | undefined): JsonObject {
  const keys = ["dashboardURL", "panelURL", "silenceURL", "imageURL"];
  const links = keys.map((key) => [key, textAt(alert, key)] as const);
  return Object.fromEntries(links.filter(([, url]) => url !== ""));
}

function valuesOf(alert: Json | undefined): JsonObject {
  const valueString = textAt(alert, "valueString");
  const values =
    isJsonObject(alert) && isJsonObject(alert["values"])
      ? objectAt(alert, "values")
      : parseValues(valueString);
  return {
    ...(Object.keys(values).length === 0 ? {} : { values }),
    ...(valueString === "" ? {} : { valueString }),
  };
}

/** Older versions give the numbers only as `[ var='B' labels={…} value=17 ], …`. */
function parseValues(valueString: string): JsonObject {
  const values: JsonObject = {};
  for (const part of valueString.split("[ var='").slice(1)) {
    const name = part.slice(0, part.indexOf("'"));
    const at = part.lastIndexOf(" value=");
    const value = at < 0 ? Number.NaN : Number.parseFloat(part.slice(at + " value=".length));
    if (name !== "" && name !== "__proto__" && Number.isFinite(value)) values[name] = value;
  }
  return values;
}
