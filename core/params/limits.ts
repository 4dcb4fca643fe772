/** What one template may use. They stop a mistake or an attack, not honest work. */
export const TEMPLATE_LIMITS = {
  /** Longest source of one template, in characters. */
  maxSourceChars: 20_000,
  /** Largest rendered value, in bytes of UTF-8 as JSON. */
  maxValueBytes: 65_536,
  /** Deepest nesting of a rendered value. */
  maxDepth: 64,
  /** Array elements and characters that filters and loops may make in one rendering. */
  maxAllocations: 200_000,
  /** Backstop for nested loops over the event's own arrays; honest templates take microseconds. */
  maxRenderMs: 250,
} as const;
