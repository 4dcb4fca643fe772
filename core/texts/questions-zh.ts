import type { QuestionTexts } from "./question-texts.ts";

export const questionsZh: QuestionTexts = {
  title: "工作流在等待答复",
  heading: "工作流的提问",
  meantFor: (names) => `作者指定由 ${names} 答复`,
  until: (when) => `${when} 前有效`,
  yes: "是",
  no: "否",
  choose: "请选择",
  submit: "提交",
  write: ({ command, id, fields }) => `请回复：${command} ${id} ${fields}`,
  optional: "选填",
  answering: ({ name, answer }) => `${name} 答复 ${answer}，正在提交`,
  answered: ({ name, answer }) => `${name} 已答复 ${answer}`,
  ends: {
    elsewhere: "已在 StackStorm 中答复",
    lapsed: "无人答复，已过期",
    moot: "工作流已结束，无须答复",
  },
  taken: "已答复，工作流继续执行",
  waits: "已记下您的答复，暂时连不上 StackStorm，连上后提交",
  notTaken: (why) => `StackStorm 没有接受您的答复，仍在等待：${why}`,
  refusals: {
    not_entitled: "您不在授权人名单中，不能答复",
    inactive: "您的企业微信账号未启用",
    unknown_person: "通讯录中找不到您的账号",
    duty_unknown: "现在查不到谁在值班，无法确认您能否答复，请稍后再试",
    group_gone:
      "授权人所在的标签或部门在企业微信里已删除、改名或对应用不可见，无法确认您能否答复，请找规则负责人或 Whale 的管理员",
    own_request: "任务由您发起，须由其他授权人答复",
    answer_given: "已有人答复，正在提交",
    question_over: "已不再等待答复",
  },
  misfit: ({ field, why }) => `答复中的 ${field} 不符合要求：${why}`,
  none: (id) => `没有等待答复的工作流：${id}`,
  several: "有几个问题在等待答复，请用其中一个编号：",
  missing: "请先在卡片上选好每一项，再提交",
};
