import type { EventStatus, Occurrence } from "../../core/events/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import { firstLine, firstText, objectAt, scalarTexts, textAt, withoutSecrets } from "./fields.ts";
import { KUBERNETES_LEVELS, levelOf } from "./levels.ts";
import { makeOccurrence } from "./make-occurrence.ts";
import { missing, readOneOrMany } from "./read-body.ts";
import { readTime } from "./read-time.ts";
import type { Delivery, Reading, Refusal, SourceAdapter } from "./source-adapter.ts";

/** Kubernetes events as kubernetes-event-exporter posts them without a layout of the user's own. */
export const kubernetes: SourceAdapter = { kind: "kubernetes", read };

function read({ body, zone }: Delivery): Reading {
  return readOneOrMany(body, (item, path) => readEvent(item, path, zone));
}

function readEvent(event: JsonObject, path: string, zone: string): Occurrence | Refusal {
  const reason = textAt(event, "reason");
  const object = objectOf(event);
  if (reason === "") return missing(path, "reason");
  if (object.kind === "" || object.name === "") return missing(path, "involvedObject");
  const uid = textAt(event, "metadata", "uid");
  const said = firstLine(textAt(event, "message"));
  return makeOccurrence({
    name: `k8s ${reason}`,
    title: said === "" ? reason : `${reason}: ${said}`,
    subject: subjectOf(object),
    severity: levelOf(textAt(event, "type"), KUBERNETES_LEVELS),
    status: statusOf(event, object),
    time: timeOf(event, zone),
    incident: incidentOf(object, reason, uid),
    // The same event comes again with a higher count.
    delivery: uid === "" ? "" : [uid, textAt(event, "count"), textAt(event, "lastTimestamp")].join("|"),
    labels: labelsOf(event, object, reason),
    annotations: { message: textAt(event, "message") },
    detail: withoutSecrets(event),
  });
}

interface KubeObject {
  cluster: string;
  kind: string;
  namespace: string;
  name: string;
}

function objectOf(event: JsonObject): KubeObject {
  const involved = objectAt(event, "involvedObject");
  const isNode = textAt(involved, "kind") === "Node";
  return {
    cluster: textAt(event, "clusterName"),
    kind: textAt(involved, "kind"),
    // The event of a node stands in some namespace; the node itself in none.
    namespace: isNode ? "" : firstText(textAt(involved, "namespace"), textAt(event, "metadata", "namespace")),
    name: textAt(involved, "name"),
  };
}

function subjectOf({ cluster, kind, namespace, name }: KubeObject): string {
  if (kind === "Node") return name;
  return [cluster, [namespace, name].filter(Boolean).join("/")].filter(Boolean).join(" ");
}

/**
 * There is no recovery. A warning of an object goes on as long as its event is counted up, by uid. What
 * befalls a node is over when it is told, and would else hide the next one for ever; so is what is normal.
 */
function statusOf(event: JsonObject, { kind }: KubeObject): EventStatus {
  return kind !== "Node" && textAt(event, "type") === "Warning" ? "firing" : "point";
}

function incidentOf({ cluster, kind, namespace, name }: KubeObject, reason: string, uid: string): string {
  if (kind !== "Node" && uid !== "") return uid;
  return [cluster, namespace, kind, name, reason].filter(Boolean).join("/");
}

function timeOf(event: JsonObject, zone: string): string | undefined {
  const times = [
    event["firstTimestamp"],
    event["eventTime"],
    objectAt(event, "metadata")["creationTimestamp"],
  ];
  return times.map((time) => readTime(time, zone)).find((time) => time !== undefined);
}

function labelsOf(event: JsonObject, object: KubeObject, reason: string): Record<string, string> {
  const { cluster, kind, namespace, name } = object;
  const component = firstText(textAt(event, "reportingComponent"), textAt(event, "source", "component"));
  const node = textAt(event, "source", "host");
  return {
    ...scalarTexts(objectAt(event, "involvedObject")["labels"]),
    cluster,
    kind,
    namespace,
    name,
    reason,
    component,
    node,
  };
}
