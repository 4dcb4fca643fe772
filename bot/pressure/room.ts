/** Memory for what has come of bodies that are still being read: of most senders nothing is known before the end. */
export interface Room {
  /**
   * Takes so many bytes more for a body that has `held` of them already. False, and none taken, when there is no room; a
   * body that is alone always has it, since its source's own limit bounds it.
   */
  take(bytes: number, held: number): boolean;
  /** Gives back what a body held. */
  give(bytes: number): void;
}

export function createRoom(maxBytes: number): Room {
  let taken = 0;
  return {
    take: (bytes, held) => {
      const fits = taken === held || taken + bytes <= maxBytes;
      if (fits) taken += bytes;
      return fits;
    },
    give: (bytes) => {
      taken -= bytes;
    },
  };
}
