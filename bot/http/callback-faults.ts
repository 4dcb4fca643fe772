import type { CallbackRefusal } from "../../adapters/wecom/index.ts";

/** What of a callback did not fit. */
export type CallbackFault = "signature" | "time" | "key" | "receiveid" | "form";

const FAULTS: Record<CallbackRefusal, CallbackFault> = {
  bad_query: "form",
  bad_ciphertext: "form",
  bad_xml: "form",
  bad_message: "form",
  bad_signature: "signature",
  stale_timestamp: "time",
  bad_padding: "key",
  bad_length: "key",
  other_receiver: "receiveid",
  other_agent: "receiveid",
};

/** Which of signature, time, key and receiveid a refusal is about; null for a text that is none. */
export function callbackFault(reason: string): CallbackFault | null {
  return Object.hasOwn(FAULTS, reason) ? FAULTS[reason as CallbackRefusal] : null;
}
