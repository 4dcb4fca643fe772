import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { batchCard, reportText, taskCard } from "../../../core/cards/index.ts";
import { taskText, whyText } from "../../../core/commands/index.ts";
import { heldExecution } from "../../../core/gateway/index.ts";
import { outputFile, resultMessage } from "../../../core/outbox/index.ts";
import { showingRuns, shownRun } from "../../../core/pages/index.ts";
import { shownExplanation, type Verdict } from "../../../core/rules/index.ts";
import { endedDraft, type Task, toldTask } from "../../../core/tasks/index.ts";
import { LANGUAGES, type Language, textsOf } from "../../../core/texts/index.ts";
import { anEvent } from "../../support/builders.ts";
import { SECRET_PIN } from "../../support/secrecy.ts";
import { aMadeTask, anExecution, inputs, walk } from "../../support/tasks.ts";
import { aViewing } from "../cards/viewing.ts";

const shown = showingRuns(SECRET_PIN);
const VALUES = ["pin-value-1", "word-value-2", "said-value-3", "deep-value-4", "before-value-5"];
const PARAMS = {
  ...{ host: "vm-1", pin: "pin-value-1", password: "word-value-2", note: "said-value-3" },
  login: { user: "root", token: "deep-value-4" },
};

/** A task with a secret of each kind, each of which its event, its rows and its output tell too. */
function secretive(): Task {
  const told = VALUES.join(" ");
  const rows = [
    { label: "行", value: told.slice(0, 60) },
    { label: "令", value: "deep-value-4" },
  ];
  const made = aMadeTask({
    event: { title: `告警 ${told}` },
    rendered: { params: PARAMS, rows, text: told },
  });
  const result = { stdout: `used ${told}` };
  return {
    ...walk(made, inputs.cardSent),
    secretParams: ["note"],
    changed: [{ name: "pin", before: "before-value-5" }],
    execution: { ...anExecution("succeeded"), result },
    message: told,
  };
}

/** Whether nothing of the secrets is in a text; what was before is not a value that the task runs with. */
function assertNone(text: string): void {
  const found = VALUES.slice(0, 4).filter((value) => text.includes(value));
  assert.deepEqual(found, [], text);
}

/** Every place of core that tells people, or their programs, of what a task runs. */
const PLACES: Record<string, (task: Task, viewing: ReturnType<typeof viewingFor>) => unknown> = {
  "the card that asks": (task, viewing) => cardOf(task, viewing),
  "the card of a retry": (task, viewing) => cardOf({ ...task, retryOf: "t_1" }, viewing),
  "the card of a run": (task, viewing) => cardOf({ ...task, state: "running" }, viewing),
  "the card of an end": (task, viewing) =>
    cardOf({ ...task, state: "refused", reason: "start_refused" }, viewing),
  "the card of many": (task, viewing) => batchOf([task, { ...task, id: `${task.id}2` }], "ask", viewing),
  "the card with boxes": (task, viewing) => batchOf([task], "choose", viewing),
  "the chat's answer to task": (task, viewing) => taskText(task, viewing),
  "the chat's answer to why": (task, viewing) => {
    return whyText(anEvent(), { rules: [{ ...EXPLANATION, tasks: [task] }], asked: [task] }, viewing);
  },
  "the report": (task, viewing) => reportText({ ...task, state: "failed" }, viewing),
  "the report with its output": (task, viewing) => resultMessage({ ...task, state: "failed" }, viewing),
  "the file with the output": (task, viewing) => String(outputFile(task, viewing)?.bytes),
  "what programs are told": (task) => toldTask(task, shown),
  "the gateway's row of a held run": (task) => heldExecution(task, "", shown),
  "the gateway's row of a refused run": (task) =>
    heldExecution({ ...task, state: "refused", dueAtMs: null }, `refused: ${task.message}`, shown),
  "the event of an end": (task) =>
    endedDraft(task, { nowMs: 0, rawRef: "", texts: textsOf("zh") }, shown).event.detail,
};

const VERDICT = {
  ...{ eventId: "e_1", ruleId: "r", ruleVersion: "v", outcome: "held", reason: "feature_failed" },
  feature: { index: 0, path: "detail.password", op: "equals", expected: "x", actual: "word-value-2" },
};
const EXPLANATION = shownExplanation(
  { known: "recomputed", ruleId: "r", title: "规则", untold: false, verdict: VERDICT as Verdict },
  SECRET_PIN.masking,
);

function viewingFor(language: Language) {
  const viewing = aViewing(language, { shown });
  // As the viewer of the process does it for each task.
  return { ...viewing, plain: (text: string) => viewing.plain(shown(secretive()).hide(text)) };
}

function cardOf(task: Task, viewing: ReturnType<typeof viewingFor>): unknown {
  const [card] = task.cards;
  assert.ok(card);
  return taskCard(task, card, viewing);
}

function batchOf(tasks: Task[], purpose: "ask" | "choose", viewing: ReturnType<typeof viewingFor>): unknown {
  const card = { no: 1, purpose, recipients: [], sentAtMs: null, codes: [] };
  return batchCard(card, tasks, viewing);
}

describe("a secret parameter is told nowhere", () => {
  for (const [place, tell] of Object.entries(PLACES)) {
    for (const language of LANGUAGES) {
      test(`${place}, in ${language}`, () => {
        assertNone(JSON.stringify(tell(secretive(), viewingFor(language))));
      });
    }
  }

  test("whether the task, the action or its name says that it is one, also below the top", () => {
    const { params } = shownRun(secretive(), SECRET_PIN);
    assert.deepEqual(params, {
      ...{ host: "vm-1", pin: "********", password: "********", note: "********" },
      login: { user: "root", token: "********" },
    });
  });

  test("nor what it was before a retry changed it", () => {
    assert.equal(shownRun(secretive(), SECRET_PIN).shownValue("pin", "before-value-5"), "********");
    assert.doesNotMatch(JSON.stringify(toldTask(secretive(), shown)), /before-value-5/);
  });

  test("wherever it stands in a result, and nothing else of that is changed", () => {
    const { shownResult } = shownRun({ ...secretive(), params: { host: "vm-1", pin: 471_108 } }, SECRET_PIN);
    const result = { "pin 471108": [471_108, "at 471108", 4711, true, null], host: "vm-1" };
    const shownAs = { "pin ********": ["********", "at ********", 4711, true, null], host: "vm-1" };
    assert.deepEqual(shownResult(result), shownAs);
  });

  test("what is none is told as it is", () => {
    const { shownValue, hide } = shownRun(secretive(), SECRET_PIN);
    assert.equal(shownValue("host", "vm-2"), "vm-2");
    assert.equal(hide("vm-1 is full"), "vm-1 is full");
  });
});

test("why a rule did not fire tells nothing that stands where a secret is looked for", () => {
  assert.doesNotMatch(JSON.stringify(EXPLANATION), /word-value-2/);
  assert.match(JSON.stringify(EXPLANATION), /\*{8}/);
});
