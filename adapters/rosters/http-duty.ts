import { ChatOpsError } from "../../core/errors.ts";
import type { DutySource, LookupOf } from "../../core/ports/index.ts";
import { readAnswer } from "../../core/rosters/index.ts";
import type { Outbound } from "../outbound/index.ts";

/** Asks a roster that is kept behind an address. The client bounds time and size and follows no redirect. */
export function createHttpDuty(outbound: Pick<Outbound, "request">): DutySource<"http"> {
  return { ask: (lookup) => ask(lookup, outbound) };
}

async function ask(
  { url, bearer, users }: LookupOf<"http">,
  outbound: Pick<Outbound, "request">,
): Promise<string[]> {
  const headers = {
    accept: "application/json",
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
  };
  const { status, body, text } = await outbound.request({ method: "GET", url, headers });
  if (status < 200 || status > 299) {
    const retryable = status >= 500 || status === 429;
    throw new ChatOpsError(`the roster's address answered ${status}`, { code: "duty.refused", retryable });
  }
  const reading = readAnswer(users, { data: body ?? text.trim() });
  if (reading.outcome === "read") return reading.people;
  throw new ChatOpsError(`the roster's answer cannot be read: ${reading.message}`, {
    code: "duty.unreadable",
    retryable: true,
  });
}
