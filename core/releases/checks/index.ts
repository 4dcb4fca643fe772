export { checkContent, errorOf, type FetchedRepo, isBelow, isPackRef, warningOf } from "./content.ts";
export { afterExceptions, hasErrors } from "./except.ts";
export { checkInUse } from "./in-use.ts";
export { EXCEPTABLE_CHECKS, PACK_CHECKS, type PackCheck } from "./names.ts";
export { checkRequirements } from "./requirements.ts";
export { checkSecrets, type SecretFound, secretsIn } from "./secrets.ts";
export { checkSizes, filesOf, PACK_LIMITS } from "./size.ts";
