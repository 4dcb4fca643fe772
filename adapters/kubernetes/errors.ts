import { ChatOpsError, errorText } from "../../core/errors.ts";
import type { OutboundResponse } from "../outbound/index.ts";
import { type FailureStatus, statusOf } from "./schema.ts";

const MAX_CHARACTERS = 500;

/** Why something has not been done. */
export interface Trouble {
  outcome: "absent" | "conflict" | "refused" | "open";
  message: string;
}

/** What was asked for, as rights name it. */
export interface Asked {
  verb: "get" | "patch" | "list";
  resource: "deployments.apps" | "pods";
  namespace: string;
}

/** What an answer that is no success means. It is known only from the API server itself that it refuses. */
export function troubleOf({ status, body }: OutboundResponse, asked: Asked): Trouble {
  if (status >= 300 && status < 400) {
    return {
      outcome: "refused",
      message: `deploy.api sends elsewhere (HTTP ${status}), which is not followed`,
    };
  }
  const said = statusOf(body);
  if (!said) {
    return {
      outcome: "open",
      message: `what answers at deploy.api is no API server, or not now (HTTP ${status})`,
    };
  }
  switch (status) {
    case 401:
      // A server that starts says so too, to everybody.
      return {
        outcome: "open",
        message: `the token is not accepted: expired, withdrawn, or the server starts`,
      };
    case 403:
      return { outcome: "refused", message: forbiddenWords(said, asked) };
    case 404:
      return { outcome: "absent", message: clip(said.message ?? "not found") };
    case 409:
      return { outcome: "conflict", message: clip(said.message ?? "conflict") };
    default:
      return {
        outcome: status === 429 || status >= 500 ? "open" : "refused",
        message: wordsOf(said, status),
      };
  }
}

/** A missing right is told as one has to be granted; other refusals, such as a policy's, in their own words. */
function forbiddenWords(said: FailureStatus, { verb, resource, namespace }: Asked): string {
  const own = clip(said.message ?? "forbidden");
  if (said.details?.kind === undefined) return own;
  return `the token lacks the right to ${verb} ${resource} in the namespace ${namespace} (${own})`;
}

function wordsOf(said: FailureStatus, status: number): string {
  return clip(said.message ?? said.reason ?? `HTTP ${status} without a reason`);
}

export function clip(text: string): string {
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS - 1)}…`;
}

/** The same for a call without an answer. */
export function failureOf(error: unknown): Trouble {
  return { outcome: "open", message: errorText(error) };
}

/** The error for what cannot be read. */
export function readError(cluster: string, { outcome, message }: Trouble): ChatOpsError {
  const retryable = outcome === "open" || outcome === "conflict";
  return new ChatOpsError(`cluster ${cluster}, Kubernetes: ${message}`, {
    code: `kubernetes.${outcome}`,
    retryable,
  });
}

/** The error for a cluster that has no place in Kubernetes. */
export function unknownCluster(name: string): ChatOpsError {
  return new ChatOpsError(`cluster ${name} has no deploy of kind kubernetes`, {
    code: "kubernetes.unknown_cluster",
    reached: "no",
  });
}
