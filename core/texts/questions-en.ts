import type { QuestionTexts } from "./question-texts.ts";

export const questionsEn: QuestionTexts = {
  title: "A workflow waits for an answer",
  heading: "What the workflow asks",
  meantFor: (names) => `meant for ${names} by its author`,
  until: (when) => `until ${when}`,
  yes: "Yes",
  no: "No",
  choose: "Choose",
  submit: "Submit",
  write: ({ command, id, fields }) => `Reply: ${command} ${id} ${fields}`,
  optional: "optional",
  answering: ({ name, answer }) => `${name} answers ${answer}, being sent`,
  answered: ({ name, answer }) => `${name} answered ${answer}`,
  ends: {
    elsewhere: "Answered in StackStorm itself",
    lapsed: "Nobody answered, it has expired",
    moot: "The workflow is over, no answer is needed",
  },
  taken: "Answered, the workflow goes on",
  waits: "Your answer is noted; StackStorm cannot be reached now and gets it as soon as it can",
  notTaken: (why) => `StackStorm did not take your answer and goes on waiting: ${why}`,
  refusals: {
    not_entitled: "You are not among those who may answer",
    inactive: "Your WeCom account is not active",
    unknown_person: "Your account is not in the contacts",
    duty_unknown: "It cannot be found out who is on duty, nor whether you may answer; try again later",
    group_gone:
      "A tag or department of those who may answer was deleted or renamed in WeCom, or is hidden from the app, so it is not known whether you may; ask who owns the rule, or whoever runs Whale",
    own_request: "You asked for this task: somebody else must answer",
    key_reused:
      "This form (or Idempotency-Key) has sent another answer before: reload the page (or use another key)",
    answer_given: "Somebody has answered, it is being sent",
    question_over: "Nothing is asked any more",
  },
  misfit: ({ field, why }) => `${field} of the answer does not fit: ${why}`,
  none: (id) => `No workflow waits for an answer: ${id}`,
  several: "Several questions wait, name one of them:",
  missing: "Choose each on the card first, then submit",
};
