export type { CopyProgress } from "./copy.ts";
export {
  cancel,
  type Migrated,
  type Migration,
  type MigrationNews,
  type MigrationSide,
  migrate,
  survey,
} from "./migrate.ts";
export { joinedSides } from "./sides.ts";
export type { Checked } from "./verify.ts";
