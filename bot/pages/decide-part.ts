import { asker, decidingAs, MAX_REASON_CHARACTERS, needsReason } from "../../core/approvals/index.ts";
import type { Click, Task } from "../../core/tasks/index.ts";
import { type Html, html, type Part } from "./html.ts";
import { section } from "./parts.ts";
import type { FormMarks } from "./sessions.ts";
import { shortHash } from "./task-parts.ts";
import type { Visit } from "./visit.ts";

/** What a person may do about a task on its page now; null when nothing. */
export type Doing =
  | { kind: "reason"; verdict: "approve" | "reject" }
  /** `barred`: why they may reject, but not approve. */
  | { kind: "decide"; barred: "own_request" | "place_counted" | "already_counted" | null };

/** What somebody may do, of what the machine would take. */
export function doingOf(task: Task, by: string, standing: Visit["standing"]): Doing | null {
  if (task.state !== "pending_approval" || standing.entitlement.outcome !== "entitled") return null;
  const awaited = task.awaitedReasons.find((one) => one.by === by && one.round === task.round);
  if (awaited) return { kind: "reason", verdict: awaited.verdict };
  const click: Pick<Click, "by" | "entitlement" | "standsFor"> = { by, ...standing };
  const approving = decidingAs(task, click, "approve");
  if (approving.outcome === "counts") return { kind: "decide", barred: null };
  const rejecting = decidingAs(task, click, "reject");
  return rejecting.outcome === "counts" ? { kind: "decide", barred: approving.reason } : null;
}

interface Form {
  /** Address of the task's page. */
  at: string;
  marks: FormMarks;
}

/** The form for what somebody may do. */
export function decidePart({ task, session, standing, texts }: Visit, { at, marks }: Form): Part {
  const doing = doingOf(task, session.userId, standing);
  if (!doing) return ownRequestPart(task, session.userId, texts);
  const { form, sections } = texts.page;
  const hidden = (["nonce", "hash", "token"] as const).map((name) => {
    return html`<input type="hidden" name="${name}" value="${marks[name]}">`;
  });
  const inside =
    doing.kind === "reason"
      ? reasonForm(doing.verdict, texts)
      : decisionForm(doing.barred, { task, texts, at });
  const action = doing.kind === "reason" ? `${at}/reason` : `${at}/approve`;
  return section(
    sections.decide,
    html`<form method="post" action="${action}" accept-charset="utf-8">${hidden}${inside}</form>`,
    html`<p class="soft">${form.bound(shortHash(task.hash))}</p>`,
  );
}

/** Who asked is told why there is no button for them. */
function ownRequestPart(task: Task, userId: string, texts: Visit["texts"]): Part {
  if (task.state !== "pending_approval" || asker(task) !== userId) return null;
  const why = texts.page.form.cannot(texts.refusals.own_request);
  return section(texts.page.sections.decide, html`<p>${why}</p>`);
}

function reasonForm(verdict: "approve" | "reject", texts: Visit["texts"]): Part {
  const { form } = texts.page;
  return [
    html`<p>${form.awaited[verdict]}</p>`,
    reasonField(texts, { help: "", isRequired: true }),
    html`<div class="row"><button>${form.send}</button></div>`,
  ];
}

function decisionForm(
  barred: Extract<Doing, { kind: "decide" }>["barred"],
  { task, texts, at }: { task: Task; texts: Visit["texts"]; at: string },
): Part {
  const { form } = texts.page;
  const [approveNeeds, rejectNeeds] = (["approve", "reject"] as const).map((verdict) => {
    return needsReason(task.approval, verdict);
  });
  const help = approveNeeds ? form.reasonNeeded : rejectNeeds ? form.rejectNeeds : "";
  const approve = html`<button>${texts.buttons.approve}</button>`;
  return [
    barred ? html`<p>${form.cannot(texts.refusals[barred])}</p>` : choiceFields(task, texts),
    reasonField(texts, { help, isRequired: approveNeeds === true }),
    html`<div class="buttons">${barred ? null : approve}<button class="danger" formaction="${at}/reject"${approveNeeds ? null : html` formnovalidate`}>${texts.buttons.reject}</button></div>`,
  ];
}

/** Nothing is chosen beforehand but what the rule says, as on cards. */
function choiceFields({ choices = [], chosen }: Task, { page }: Visit["texts"]): Html[] {
  return choices.map(({ name, title, options, preselected }) => {
    const first = chosen?.[name] ?? preselected;
    const none = html`<option value=""${first === undefined ? html` selected` : null}>${page.form.choose}</option>`;
    const listed = options.map(({ id, text }) => {
      return html`<option value="${id}"${id === first ? html` selected` : null}>${text}</option>`;
    });
    return html`<label>${title}<select name="choice.${name}" required>${none}${listed}</select></label>`;
  });
}

function reasonField(
  { page }: Visit["texts"],
  { help, isRequired }: { help: string; isRequired: boolean },
): Html {
  const { form } = page;
  const limit = form.reasonHelp(MAX_REASON_CHARACTERS);
  const told = [help, limit].filter(Boolean).join(" · ");
  return html`<label for="reason">${form.reason}</label><textarea id="reason" name="reason" maxlength="${MAX_REASON_CHARACTERS}" aria-describedby="reason-help"${isRequired ? html` required` : null}></textarea><p class="soft" id="reason-help">${told}</p>`;
}
