type Labels = Readonly<Record<string, string>>;

/** What an alert of kube-state-metrics can be about, in the order of how exactly it says so. */
const KUBE_OBJECTS = [
  "pod",
  "deployment",
  "statefulset",
  "daemonset",
  "job_name",
  "cronjob",
  "persistentvolumeclaim",
  "horizontalpodautoscaler",
] as const;

/**
 * The thing an alert is about. A host by its name, else by `instance` without its port. Alerts of
 * kube-state-metrics carry that exporter's own address in `instance`: there it is the cluster with
 * namespace and object, or the node.
 */
export function subjectOf(labels: Labels): string {
  return labels["hostname"] || labels["nodename"] || kubeSubject(labels) || hostOf(labels["instance"] ?? "");
}

function kubeSubject(labels: Labels): string {
  if (!isKubeState(labels)) return "";
  const object = KUBE_OBJECTS.map((key) => labels[key]).find((value) => value);
  const name = object ? [labels["namespace"], object].filter(Boolean).join("/") : labels["node"];
  return name ? [labels["cluster"], name].filter(Boolean).join(" ") : "";
}

function isKubeState(labels: Labels): boolean {
  return labels["job"] === "kube-state-metrics" || (labels["alertname"] ?? "").startsWith("Kube");
}

/** Takes the port off `host:9100` and `[::1]:9100`; leaves URLs and bare IPv6 addresses alone. */
function hostOf(instance: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(instance);
  if (bracketed?.[1]) return bracketed[1];
  return /^([^:/]+):\d+$/.exec(instance)?.[1] ?? instance;
}
