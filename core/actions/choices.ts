import type { Choice } from "../approvals/choices.ts";
import type { JsonObject } from "../ids/index.ts";
import type { fitParams } from "./rule-params.ts";

type Fit = ReturnType<typeof fitParams>;

/**
 * Parameters and choices in the types that the action wants, whichever options will be chosen; or the first that does
 * not fit. Each option is tried beside the first ones of the other choices.
 */
export function fitChoices(
  choices: readonly Choice[],
  params: JsonObject,
  fit: (params: JsonObject) => Fit,
):
  | { outcome: "fits"; value: { params: JsonObject; choices?: readonly Choice[] } }
  | Extract<Fit, { outcome: "misfits" }> {
  const firsts = Object.fromEntries(choices.map(({ name, options }) => [name, options[0]?.value ?? null]));
  const whole = fit({ ...params, ...firsts });
  if (whole.outcome === "misfits" || choices.length === 0) return wholeOf(whole);
  const fitted: Choice[] = [];
  for (const choice of choices) {
    const options = [];
    for (const option of choice.options) {
      const one = fit({ ...params, ...firsts, [choice.name]: option.value });
      if (one.outcome === "misfits") return one;
      options.push({ ...option, value: one.value[choice.name] ?? null });
    }
    fitted.push({ ...choice, options });
  }
  const names = new Set(choices.map(({ name }) => name));
  const own = Object.entries(whole.value).filter(([name]) => !names.has(name));
  return { outcome: "fits", value: { params: Object.fromEntries(own), choices: fitted } };
}

function wholeOf(fit: Fit): ReturnType<typeof fitChoices> {
  return fit.outcome === "misfits" ? fit : { outcome: "fits", value: { params: fit.value } };
}
