import Type from "typebox";
import { LANGUAGES } from "../../core/texts/index.ts";
import { PeopleShape } from "./schema.ts";

const closed = { additionalProperties: false } as const;
const GroupShape = Type.Object({ language: Type.Enum(LANGUAGES), of: PeopleShape }, closed);

/** languages.yaml */
export const LanguagesShape = Type.Object({ languages: Type.Array(GroupShape) }, closed);

export type LanguagesFile = Type.Static<typeof LanguagesShape>;
