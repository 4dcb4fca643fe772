import { indexTable } from "./tables-by-key.ts";

/**
 * An event that came alone has all that its delivery brought in its own row: the body as it came and the signature. One that
 * opened an incident has this there, until another event changes it. So most events are one row, where they were
 * four with an index each. What outlives the entry is moved to the tables of before when it is forgotten.
 */
export const WHOLE_ENTRIES = `
ALTER TABLE entries ADD COLUMN opens TEXT;
ALTER TABLE entries ADD COLUMN fired_at_ms REAL;
ALTER TABLE entries ADD COLUMN signed TEXT;
ALTER TABLE entries ADD COLUMN signed_until_ms REAL;
ALTER TABLE entries ADD COLUMN content_type TEXT;
ALTER TABLE entries ADD COLUMN bytes BLOB;
DROP TRIGGER entry_forgotten;
CREATE TRIGGER entry_forgotten AFTER DELETE ON entries
  WHEN OLD.raw_ref IS NOT NULL AND OLD.content_type IS NULL BEGIN
  UPDATE raw_bodies SET uses = uses - 1 WHERE ref = OLD.raw_ref;
END;

${indexTable("opened_by_key")}
${indexTable("signed_by_name")}
${indexTable("bodies_by_ref")}
INSERT INTO meta SELECT 'opened_by_key', coalesce(max(position), 0) FROM entries;
INSERT INTO meta SELECT 'signed_by_name', coalesce(max(position), 0) FROM entries;
INSERT INTO meta SELECT 'bodies_by_ref', coalesce(max(position), 0) FROM entries;
`;
