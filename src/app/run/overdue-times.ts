/** How long after the deadline the watchdog steps in: the worker's own end comes first where the worker lives. */
export const watchdogGraceMs = 2_000

/** For the last look at a target there is less time than for others: no run may wait long for its end. */
export const askWithinMs = 2_000

/** When a watchdog steps in that may not ask targets: one that may, beside a worker, can tell more. */
export const silentGraceMs = 2 * watchdogGraceMs + askWithinMs
