import type { Surroundings } from "./surroundings.ts";

/** What goes wrong around the processes in one life. */
interface Trouble {
  name: string;
  begin(around: Surroundings): Promise<void> | void;
}

const TROUBLES: readonly Trouble[] = [
  { name: "none", begin: () => undefined },
  {
    name: "st2_answer_cut",
    begin: ({ stackstorm }) => stackstorm.faults.set({ dropAnswerAfterStoring: 1 }),
  },
  {
    name: "st2_500_after_accepting",
    begin: ({ stackstorm }) => stackstorm.faults.set({ error500AfterStoring: 1 }),
  },
  { name: "st2_two_of_one", begin: ({ stackstorm }) => stackstorm.faults.set({ doubleStarts: 1 }) },
  { name: "st2_late", begin: ({ stackstorm }) => stackstorm.faults.set({ slowMs: 250 }) },
  { name: "st2_down", begin: ({ stackstorm }) => stackstorm.faults.set({ down: "close", downMs: 700 }) },
  {
    name: "st2_events_twice",
    begin: ({ stackstorm }) => stackstorm.faults.set({ duplicateEvents: true, outOfOrderEvents: true }),
  },
  {
    name: "wecom_hangs",
    begin: ({ wecom }) => wecom.faults.set({ on: "send", effect: "hang", times: 2, ms: 600 }),
  },
  { name: "wecom_drops", begin: ({ wecom }) => wecom.faults.set({ on: "send", effect: "drop", times: 2 }) },
  {
    name: "callbacks_twice",
    begin: ({ wecom }) => wecom.faults.set({ on: "callback", effect: "duplicate", times: 4 }),
  },
  {
    name: "callbacks_late",
    begin: ({ wecom }) => wecom.faults.set({ on: "callback", effect: "delay", times: 3, ms: 400 }),
  },
];
const DISK_FULL: Trouble = { name: "disk_full", begin: (around) => around.disk?.fill() };
const REDIS_RESTART: Trouble = {
  name: "redis_restart",
  begin: async ({ redis }) => {
    await redis?.kill();
    await redis?.start();
  },
};

/** Ends what the life before met. */
async function clear({ stackstorm, wecom, disk }: Surroundings): Promise<void> {
  await stackstorm.faults.reset();
  wecom.faults.clear();
  disk?.free();
}

/** The troubles of a campaign: each life meets one of those that its store can have. */
export function weatherOf(around: Surroundings, random: () => number) {
  const troubles = [
    ...TROUBLES,
    ...(around.disk ? [DISK_FULL] : []),
    ...(around.redis ? [REDIS_RESTART] : []),
  ];
  return {
    /** Gives the next life its trouble, and tells its name. */
    next: async (): Promise<string> => {
      await clear(around);
      const trouble = troubles[Math.floor(random() * troubles.length)] as Trouble;
      await trouble.begin(around);
      return trouble.name;
    },
    clear: () => clear(around),
  };
}
