import type { RunTexts } from "./runs-texts.ts";

export const runsZh: RunTexts = {
  mark: "手工",
  notify: "通知",
  origin: ({ by, command }) => `${by} 手工执行${command === "" ? "" : `：${command}`}`,
  waits: "已发起，等待授权；结果会告诉您",
  starts: (isHeld) =>
    isHeld
      ? "按策略无须授权；正在急停，解除后才会执行，发送 急停 查看；结果会告诉您"
      : "按策略直接执行；结果会告诉您",
  title: "您可以手工执行：",
  none: "没有您可以手工执行的动作：谁能执行什么写在 runs.yaml，或由权限 tasks.run 决定",
  unchecked: "现在查不到企业微信通讯录，不知道您能执行什么，请稍后再发一次",
  usage:
    "写法：运行 包名.动作名 参数=值 …，如 运行 disk.show host=vm-1；值里有空格时加引号，列表和对象写 JSON",
  aliasesTitle: "也可以这样写（运行 后面）：",
  aliasLine: ({ format, action, about }) => `${format}（${action}）${about}`,
  more: (count) => `还有 ${count} 个，可写 运行 动作名 查看参数`,
  silent: (clusters) => `集群 ${clusters} 没有回应，它们的命令可能不全`,
  noMatch: (text) => `没有这样的命令：${text}`,
  near: (formats) => `您是不是要：\n${formats}`,
  ambiguous: "有几个命令都符合，请写清楚，或直接写动作名：",
  stray: (word) => `动作名后面应为 参数=值：${word}`,
  twice: (name) => `参数 ${name} 写了两次`,
  unclosed: (sign) => `${sign} 没有配对`,
  immutable: (name) => `这个命令固定了参数 ${name}，不能另外给值`,
  rendered: ({ alias, name }) =>
    `命令 ${alias} 的固定参数 ${name} 要由 StackStorm 当模板执行，这里不能用；请直接写动作名`,
  missing: (names) => `还缺：${names}`,
  form: {
    title: "写法",
    required: "必填",
    preset: (value) => `默认 ${value}`,
    oneOf: (values) => `可选 ${values}`,
    anyValue: "任意",
    secret: "保密",
    more: (count) => `还有 ${count} 个不常用的参数`,
  },
};
