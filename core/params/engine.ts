import { Liquid, type LiquidOptions } from "liquidjs";
import { strictFilters } from "./filters.ts";
import { TEMPLATE_LIMITS } from "./limits.ts";
import { textOf } from "./text.ts";

/** The filters a template may use; any other name is refused when the template is compiled. */
export const FILTERS = [
  "json",
  "default",
  "join",
  "split",
  "plus",
  "minus",
  "times",
  "divided_by",
  "round",
  "floor",
  "ceil",
  "abs",
  "date",
  "first",
  "last",
  "size",
  "upcase",
  "downcase",
  "strip",
  "replace",
  "append",
  "prepend",
  "truncate",
  "map",
  "slice",
  "regex_replace",
  "shell_quote",
] as const;

/** The tags a template may use. None of them reads a file, another template or anything but its scope. */
export const TAGS = [
  "assign",
  "capture",
  "if",
  "unless",
  "case",
  "for",
  "break",
  "continue",
  "comment",
  "#",
  "raw",
] as const;

const OPTIONS: LiquidOptions = {
  // An empty set of templates: without it the engine would look for partials in the working directory.
  templates: {},
  dynamicPartials: false,
  ownPropertyOnly: true,
  strictVariables: true,
  strictFilters: true,
  // Lets `default` and `if` ask for what may be missing; any other use of it stays an error.
  lenientIf: true,
  timezoneOffset: "Asia/Shanghai",
  dateFormat: "%Y-%m-%d %H:%M:%S",
  locale: "en-US",
  parseLimit: TEMPLATE_LIMITS.maxSourceChars,
  renderLimit: TEMPLATE_LIMITS.maxRenderMs,
  memoryLimit: TEMPLATE_LIMITS.maxAllocations,
};

/** Renders a lone output: what it gives keeps its type. */
export const valueEngine = restricted({ ...OPTIONS, keepOutputType: true });

/** Renders everything else: the result is text. */
export const textEngine = restricted({ ...OPTIONS, outputEscape: textOf });

function restricted(options: LiquidOptions): Liquid {
  const engine = new Liquid(options);
  keepOnly(engine.filters, FILTERS);
  keepOnly(engine.tags, TAGS);
  for (const [name, filter] of Object.entries(strictFilters())) engine.registerFilter(name, filter);
  return engine;
}

function keepOnly(registry: Record<string, unknown>, allowed: readonly string[]): void {
  for (const name of Object.keys(registry)) {
    if (!allowed.includes(name)) delete registry[name];
  }
}
