import type { GrafanaAuth, HmacAuth, Source, SourceAuth, TypeMapping } from "../../core/events/index.ts";
import type { JsonObject } from "../../core/ids/index.ts";
import { parseDuration } from "../../core/time/index.ts";
import type { AuthFile, GrafanaFile, HmacFile, TopicsFile } from "./auth-schema.ts";
import { parseNetwork } from "./networks.ts";
import type { SourceFile } from "./source-schema.ts";

/** A checked file as a source. */
export function readSource(file: SourceFile): Source {
  return {
    name: file.name,
    kind: file.kind,
    auth: authOf(file.auth),
    map: (file.map ?? []).map(mappingOf),
    ...(file.default === undefined ? {} : { defaultType: file.default }),
    ...(file.allow === undefined ? {} : { allow: file.allow.flatMap((text) => parseNetwork(text) ?? []) }),
    ...(file.limits === undefined ? {} : { limits: file.limits }),
    ...(file.zone === undefined ? {} : { zone: file.zone }),
    ...(file.incidentWindow === undefined ? {} : windowOf(file.incidentWindow)),
    ...(file.options === undefined ? {} : { options: file.options as JsonObject }),
  };
}

function windowOf(text: string): Pick<Source, "incidentWindowMs"> {
  const ms = parseDuration(text);
  return ms === null ? {} : { incidentWindowMs: ms };
}

function mappingOf(file: NonNullable<SourceFile["map"]>[number]): TypeMapping {
  const { when, type, detail } = file;
  return { when: when ?? {}, type, ...(detail === undefined ? {} : { detail: detail as JsonObject }) };
}

function authOf(file: unknown): SourceAuth {
  const auth: AuthFile = typeof file === "object" && file !== null ? file : {};
  if (auth.bearer !== undefined) return { kind: "bearer", token: auth.bearer };
  if (auth.basic) return { kind: "basic", ...auth.basic };
  if (auth.query) return { kind: "query", name: auth.query.name ?? "token", token: auth.query.token };
  if (auth.header) return { kind: "header", name: auth.header.name.toLowerCase(), value: auth.header.value };
  if (auth.hmac) return hmacOf(auth.hmac);
  if (auth.grafana) return grafanaOf(auth.grafana);
  if (auth.sns) return topicsOf("sns", auth.sns);
  if (auth.smn) return topicsOf("smn", auth.smn);
  return { kind: "none" };
}

const WINDOW_SECONDS = 300;
/** The clouds go on trying for up to an hour, and sign the time of the first try. */
const TOPIC_WINDOW_SECONDS = 3_600;

function hmacOf(file: HmacFile): HmacAuth {
  const { secret, signatureHeader = "x-whale-signature", windowSeconds = WINDOW_SECONDS } = file;
  const { encoding = "hex", signed = "timestamp.body", prefix, timestampHeader = "x-whale-timestamp" } = file;
  return {
    ...{ kind: "hmac", secret, windowSeconds, algorithm: "sha256", encoding, signed },
    signatureHeader: signatureHeader.toLowerCase(),
    ...(signed === "body" ? {} : { timestampHeader: timestampHeader.toLowerCase() }),
    ...(prefix === undefined ? {} : { prefix }),
  };
}

function grafanaOf(file: GrafanaFile): GrafanaAuth {
  const { secret, windowSeconds = WINDOW_SECONDS, timestampHeader } = file;
  const { signatureHeader = "x-grafana-alerting-signature" } = file;
  return {
    ...{ kind: "grafana", secret, windowSeconds },
    signatureHeader: signatureHeader.toLowerCase(),
    ...(timestampHeader === undefined ? {} : { timestampHeader: timestampHeader.toLowerCase() }),
  };
}

function topicsOf(
  kind: "sns" | "smn",
  { topics, windowSeconds = TOPIC_WINDOW_SECONDS }: TopicsFile,
): SourceAuth {
  return { kind, topics, windowSeconds };
}
