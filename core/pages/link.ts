/** The address of a task's page; null where pages have no address that people can reach. */
export type TaskLink = (taskId: string) => string | null;

/** Gives links below the address at which people reach Whale, which has no slash at its end; null when there is none. */
export function taskLinks(publicUrl: string | null): TaskLink {
  return (taskId) => (publicUrl === null ? null : `${publicUrl}/tasks/${taskId}`);
}
