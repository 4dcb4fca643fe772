import assert from "node:assert/strict";
import { test } from "node:test";
import type { Control } from "../../../core/tasks/index.ts";
import { aClient, aCluster, aRow, EXECUTION_ID, fakeSt2, type Reply } from "./support.ts";

interface Case {
  name: string;
  what: Control;
  /** Statuses that reads of the execution show, in their order; the last stays. */
  reads: string[];
  reply?: Reply;
  /** What is sent beside the reads. */
  sent: string[];
  outcome: string;
}

const ok: Reply = { status: 200, body: aRow({ id: EXECUTION_ID, status: "x" }) };
const fault = (status: number, faultstring: string): Reply => ({ status, body: { faultstring } });
const CANCEL = ["DELETE "];
const put = (status: string) => [`PUT ${JSON.stringify({ status })}`];

const CASES: Case[] = [
  {
    name: "a cancel is sent as a DELETE, and what has become of the run is read",
    ...{
      what: "cancel",
      reads: ["running", "canceling"],
      reply: ok,
      sent: CANCEL,
      outcome: "taken canceling",
    },
  },
  {
    name: "a pause and a resume are sent as a status and nothing else",
    ...{
      what: "pause",
      reads: ["running", "pausing"],
      reply: ok,
      sent: put("pausing"),
      outcome: "taken pausing",
    },
  },
  {
    name: "a resume is sent to what is paused",
    ...{ what: "resume", reads: ["paused", "resuming"], reply: ok, sent: put("resuming") },
    outcome: "taken resuming",
  },
  {
    name: "what is being canceled is not canceled again",
    ...{ what: "cancel", reads: ["canceling"], sent: [], outcome: "taken canceling" },
  },
  {
    name: "what is paused is not paused again",
    ...{ what: "pause", reads: ["paused"], sent: [], outcome: "taken paused" },
  },
  {
    name: "what is over is asked for nothing",
    ...{ what: "resume", reads: ["failed"], sent: [], outcome: "taken failed" },
  },
  {
    name: "a 200 that holds a fault is a refusal",
    what: "cancel",
    reads: ["pending"],
    reply: fault(200, "Action cannot be canceled. State = pending"),
    ...{ sent: CANCEL, outcome: "refused Action cannot be canceled. State = pending" },
  },
  {
    name: "a refusal of what has come about meanwhile is no refusal",
    what: "cancel",
    reads: ["running", "succeeded"],
    reply: fault(400, "Execution is already in completed state."),
    ...{ sent: CANCEL, outcome: "taken succeeded" },
  },
  {
    name: "a failure of the server leaves it open",
    ...{ what: "pause", reads: ["running"], reply: fault(500, "oops"), sent: put("pausing") },
    outcome: "open oops",
  },
  {
    name: "a failure after it was done is seen by reading",
    ...{ what: "cancel", reads: ["running", "canceled"], reply: fault(503, "oops"), sent: CANCEL },
    outcome: "taken canceled",
  },
];

for (const { name, what, reads, reply = ok, sent, outcome } of CASES) {
  test(name, async (t) => {
    const statuses = [...reads];
    const fake = await fakeSt2(t, ({ method }) => {
      if (method !== "GET") return reply;
      const status = statuses.length > 1 ? statuses.shift() : statuses[0];
      return { status: 200, body: aRow({ id: EXECUTION_ID, status }) };
    });
    const { st2 } = aClient(t, [aCluster(fake.origin)]);
    const answer = await st2.control({ cluster: "hz", executionId: EXECUTION_ID, what });
    const told = answer.outcome === "taken" ? answer.execution.status : answer.message;
    assert.equal(`${answer.outcome} ${told}`, outcome);
    const others = fake.seen.filter(({ method }) => method !== "GET");
    assert.deepEqual(
      others.map(({ method, body }) => `${method} ${body}`),
      sent,
    );
  });
}
