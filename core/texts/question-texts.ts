import type { AnswerRefusal, QuestionEnd } from "../inquiries/question.ts";

/** What is said of questions that workflows ask. */
export interface QuestionTexts {
  title: string;
  /** Over all that a run asks and has asked. */
  heading: string;
  /** Of `users` and `roles`, whom the workflow's author had in mind. */
  meantFor: (names: string) => string;
  until: (when: string) => string;
  yes: string;
  no: string;
  choose: string;
  submit: string;
  /** How it is answered by a message. */
  write: (facts: { command: string; id: string; fields: string }) => string;
  optional: string;
  answering: (facts: { name: string; answer: string }) => string;
  answered: (facts: { name: string; answer: string }) => string;
  ends: Record<Exclude<QuestionEnd, "answered">, string>;
  /** To who has answered. */
  taken: string;
  waits: string;
  notTaken: (why: string) => string;
  refusals: Record<Exclude<AnswerRefusal, "misfit">, string>;
  misfit: (facts: { field: string; why: string }) => string;
  none: (id: string) => string;
  several: string;
  missing: string;
}
