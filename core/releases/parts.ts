/**
 * Parts of a cluster whose image a release replaces, in this order: the workers first, then what else needs the packs'
 * files (reference/stackstorm.md section 13.4, point 3).
 */
export const ROLES = ["workers", "api", "client", "sensors"] as const;
export type Role = (typeof ROLES)[number];
