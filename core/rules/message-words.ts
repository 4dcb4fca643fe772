import type { VerdictWords } from "./verdict-words.ts";

type Told = (...parts: string[]) => VerdictWords;

/** What stands in verdicts, by its form: that of templates, of the engine behind them, of clusters and of policies. */
const FORMS: readonly [form: RegExp, told: Told][] = [
  [/^undefined variable: (.+)$/, (name) => both(`没有 ${name}`, `there is no ${name}`)],
  [/^(\w+): the result is not a number$/, (filter) => zh(`${filter}：结果不是数字`)],
  [/^(\w+): (.+) is not a number$/, (filter, value) => zh(`${filter}：${value} 不是数字`)],
  [/^date: (.+) is not a time$/, (value) => zh(`date：${value} 不是时间`)],
  [
    /^date: (.+) is not known to a template; use receivedAt$/,
    (value) => zh(`date：模板里没有 ${value}，请用 receivedAt`),
  ],
  [/^(.+) is not a value of JSON$/, (value) => zh(`JSON 里没有这样的值：${value}`)],
  [/^the value is nested deeper than (\d+) levels$/, (levels) => zh(`值的嵌套超过 ${levels} 层`)],
  [/^the value is larger than (\d+) bytes$/, (bytes) => zh(`值超过 ${bytes} 字节`)],
  [/^the result is longer than (\d+) characters$/, (length) => zh(`结果超过 ${length} 个字符`)],
  [/^the pattern has no group (.+)$/, (group) => zh(`正则里没有分组 ${group}`)],
  [/^shell_quote: a shell takes no NUL$/, () => zh("shell_quote：命令行里不能有 NUL 字符")],
  [/^template render limit exceeded$/, () => both("模板渲染超过时限", "rendering took too long")],
  [/^memory alloc limit exceeded$/, () => both("模板渲染占用过多内存", "rendering took too much memory")],
  [
    /^no cluster serves the business (\S+)(?:, by the route (.+))?$/,
    (business, route) => zh(`没有集群服务业务 ${business}${route === "" ? "" : `（路由 ${route}）`}`),
  ],
  [/^forEach: (\S+) is not a list$/, (path) => zh(`forEach：${path} 不是列表`)],
  [/^(\S+) is empty$/, (path) => zh(`${path} 是空的`)],
  [
    /^(\S+) has (\d+) elements, at most (\d+) are taken$/,
    (path, count, most) => zh(`${path} 有 ${count} 个元素，最多 ${most} 个`),
  ],
  [
    /^received (\S+) ago, the rule takes events up to (\S+)$/,
    (age, most) => zh(`收到已有 ${age}，规则最多接受 ${most}`),
  ],
  [/^came after the recovery of (\S+)$/, (event) => zh(`在 ${event} 恢复之后才到`)],
  [/^repeats (\S+)$/, (event) => zh(`重复的是 ${event}`)],
  [/^depth (\d+) of the chain$/, (depth) => zh(`接力的第 ${depth} 层`)],
  [
    /^came back (\d+) times, the rule allows (\d+)$/,
    (times, most) => zh(`已再来 ${times} 次，规则最多 ${most} 次`),
  ],
  [
    /^策略 policy (\S+): (\S+) \((.+)\)$/,
    (id, fault, en) => both(`策略 ${id} ${fault}`, `policy ${id}: ${en}`),
  ],
  [/^策略 (\S+) 不存在 \((.+)\)$/, (id, en) => both(`策略 ${id} 不存在`, `policy ${id}: ${en}`)],
  [/^(\p{Script=Han}[^()]*) \((.+)\)$/u, both],
  // What an action does not take: the fault in English, then in Chinese, then where.
  [
    /^(.+) \((\p{Script=Han}+)\), (\S+@\S+)$/u,
    (en, fault, where) => both(`${fault}${misfitFacts(en)}，${where}`, `${en}, ${where}`),
  ],
];

function both(chinese: string, english: string): VerdictWords {
  return { zh: chinese, en: english };
}

/** The English is what stands there. */
function zh(chinese: string): VerdictWords {
  return { zh: chinese, en: "" };
}

const PLACE = /^([a-z][\w.[\]-]*): (.+)$/su;

/** What a verdict says beside its reason, in both languages; what has none of the known forms stays as it is. */
export function messageWords(message: string): VerdictWords {
  const [, place, rest] = PLACE.exec(message) ?? [];
  const told = rest === undefined ? null : formOf(rest);
  if (told) return { zh: `${place}：${told.zh}`, en: `${place}: ${told.en}` };
  return formOf(message) ?? { zh: message, en: message };
}

function misfitFacts(en: string): string {
  const [, expected, actual] = /^(?:expected|is required,) (.+?)(?:, got (.+))?$/.exec(en) ?? [];
  const wanted = expected === undefined ? "" : `，应为 ${expected}`;
  return actual === undefined ? wanted : `${wanted}，现为 ${actual}`;
}

function formOf(message: string): VerdictWords | null {
  for (const [form, told] of FORMS) {
    const found = form.exec(message);
    if (!found) continue;
    const words = told(...found.slice(1).map((part) => part ?? ""));
    return { zh: words.zh, en: words.en || message };
  }
  return null;
}
