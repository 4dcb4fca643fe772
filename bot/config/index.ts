export type { AdminConfig } from "./admin.ts";
export * from "./config.ts";
export * from "./env-file.ts";
export * from "./environment.ts";
export { type ImagesSetting, secretsOfImages } from "./images.ts";
export { type MigrationConfig, readMigration } from "./migration.ts";
export { type PlaceConfig, readPlace } from "./place.ts";
export { PROCESS_ROLES, type ProcessRole } from "./roles.ts";
export { type StoresConfig, secretsOfStores, storesText } from "./stores.ts";
