/** For `vi.waitFor`: how long something may take that is bound to happen. A busy machine needs longer than its 1 s. */
export const within = { timeout: 60_000, interval: 25 } as const
