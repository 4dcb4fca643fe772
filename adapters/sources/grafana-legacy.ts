import type { EventStatus } from "../../core/events/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import { hashOf } from "../../core/ids/index.ts";
import { subjectOf } from "./alertmanager-subject.ts";
import { firstText, scalarTexts, textAt, withoutSecrets } from "./fields.ts";
import { makeOccurrence } from "./make-occurrence.ts";
import { notOneOf } from "./read-body.ts";
import { severityOf } from "./severity.ts";
import type { Reading } from "./source-adapter.ts";

/** No data keeps the incident open; a pause or a pending check neither opens nor closes it. */
const STATES: Readonly<Record<string, EventStatus>> = {
  alerting: "firing",
  no_data: "firing",
  ok: "resolved",
  paused: "point",
  pending: "point",
};

/** Grafana's alerting of versions 4 to 8: one rule a body, without times and fingerprint. */
export function readGrafanaLegacy(body: JsonObject): Reading {
  const state = textAt(body, "state").toLowerCase() || "alerting";
  const status = Object.hasOwn(STATES, state) ? STATES[state] : undefined;
  if (status === undefined) return notOneOf("", "state", Object.keys(STATES).join(", "));
  const tags = scalarTexts(body["tags"]);
  const name = firstText(textAt(body, "ruleName"), textAt(body, "title"), "grafana");
  const occurrence = makeOccurrence({
    name,
    title: textAt(body, "title"),
    subject: subjectOf(tags),
    severity: severityOf(tags["severity"]),
    status,
    incident: incidentOf(body, name),
    labels: tags,
    annotations: { message: textAt(body, "message") },
    detail: withoutSecrets(body),
  });
  return { outcome: "read", occurrences: [occurrence] };
}

function incidentOf(body: JsonObject, name: string): string {
  const [org, rule] = [textAt(body, "orgId"), textAt(body, "ruleId")];
  if (rule === "") return hashOf([org, name]);
  return org === "" ? `grafana-rule-${rule}` : `grafana-org-${org}-rule-${rule}`;
}
