/** What a part of the demo took. */
export interface TimedStage {
  readonly name: string;
  readonly ms: number;
}

/** Times the parts of a story, and says each as it begins and ends. */
export const stageClock = (say: (line: string) => void) => {
  const stages: TimedStage[] = [];
  return {
    stages,
    time: async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      say(`${name} …`);
      const began = performance.now();
      const result = await work();
      const ms = Math.round(performance.now() - began);
      stages.push({ name, ms });
      say(`${name}: ${(ms / 1000).toFixed(1)} s`);
      return result;
    },
  };
};
