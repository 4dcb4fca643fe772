import { shortId } from "../ids/index.ts";
import type { Candidate, Task } from "../tasks/index.ts";
import type { ButtonsView, CardButton, CardLine } from "./card.ts";
import { clockTimeOf, frame, idLine, joined, refreshButton, rowsOf, taskTitle } from "./parts.ts";
import type { Viewing } from "./viewing.ts";

/** The card that asks whether something started. */
export function unknownCard(task: Task, viewing: Viewing): ButtonsView {
  const { texts } = viewing;
  return {
    ...frame(task, viewing),
    tone: "danger",
    title: joined(texts.unknownTitle, taskTitle(task, texts)),
    subtitle: texts.unknownQuestion,
    text: joined(
      texts.unknownText(task.start ? shortRequest(task.start.requestId) : ""),
      idLine(task, texts),
    ),
    rows: rowsOf(task, viewing, candidateRows(task, viewing)),
    buttons: [
      ...candidatesOf(task).map(({ id }): CardButton => {
        return { key: `adopt:${id}`, text: `${texts.buttons.adopt} ${tailOfId(id)}`, tone: "primary" };
      }),
      { key: "again", text: texts.buttons.again, tone: "danger" },
      { key: "give_up", text: texts.buttons.giveUp, tone: "neutral" },
      refreshButton(texts),
    ],
  };
}

/** WeCom takes six buttons, three of which are there always. */
const MOST_CANDIDATES = 3;

function candidatesOf({ candidates = [] }: Task): readonly Candidate[] {
  return candidates.slice(0, MOST_CANDIDATES);
}

/** What could be the start, by the end of its id as on the button, its state and when it began. */
function candidateRows(task: Task, { texts, timeZone }: Viewing): CardLine[] {
  return candidatesOf(task).map(({ id, status, startedAt }) => {
    const value = joined(tailOfId(id), status, clockTimeOf(startedAt, timeZone));
    return { label: texts.labels.candidate, value };
  });
}

/** The beginnings of ids that StackStorm gave at the same time are alike. */
function tailOfId(id: string): string {
  return id.slice(-6);
}

/** A request id as people can compare it: the task's short id and the start's number. */
function shortRequest(requestId: string): string {
  const at = requestId.lastIndexOf("-");
  return `${shortId(requestId.slice(0, at))}${requestId.slice(at)}`;
}
