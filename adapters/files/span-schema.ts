import Type from "typebox";
import { WEEKDAYS } from "../../core/windows/index.ts";

const closed = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1 });

/** When something holds, in one of three forms that `checkSpan` tells apart. */
const SpanShape = Type.Object(
  {
    cron: Type.Optional(Text),
    for: Type.Optional(Text),
    days: Type.Optional(Type.Array(Type.Enum([...WEEKDAYS]), { minItems: 1 })),
    from: Type.Optional(Text),
    to: Type.Optional(Text),
  },
  closed,
);

export const SpansShape = Type.Array(SpanShape, { minItems: 1, maxItems: 50 });

/** When a rule is at work. */
export const ScheduleShape = Type.Object({ zone: Type.Optional(Text), only: SpansShape }, closed);

export type SpanFile = Type.Static<typeof SpanShape>;
export type ScheduleFile = Type.Static<typeof ScheduleShape>;
