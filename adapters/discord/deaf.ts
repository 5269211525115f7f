/** A gateway connection can look alive and hear nothing. What was heard when, and what follows from it; all times in epoch ms. */
export interface Heard {
  /** Null while the connection is not ready. */
  readonly readyAt: number | null
  /** Null while it is ready. */
  readonly notReadySince: number | null
  readonly heartbeatAt: number
  readonly dispatchAt: number
  /** When it was asked to send something, and nothing came since; null when nothing is asked. */
  readonly probedAt: number | null
}

/** Discord wants a heartbeat about every 41 s; the library tells a lost one by itself at the next, after 82 s at most. */
const heartbeatMs = 100_000
/** In a quiet guild hours may pass without an event. */
const quietMs = 300_000
const probeMs = 20_000

/**
 * Why this connection should be replaced, in words; null while it seems to hear. `patienceMs`: so long may it take to become
 * ready. `probeWorks`: whether a probe was ever answered; one that never was tells nothing.
 */
export const whyDeaf = (
  heard: Heard,
  now: number,
  { patienceMs, probeWorks }: { readonly patienceMs: number; readonly probeWorks: boolean },
): string | null => {
  if (heard.notReadySince !== null)
    return now - heard.notReadySince > patienceMs ? `not ready for ${seconds(patienceMs)}` : null
  if (now - Math.max(heard.heartbeatAt, heard.readyAt ?? 0) > heartbeatMs)
    return `no heartbeat was answered for ${seconds(heartbeatMs)}`
  return probeWorks && heard.probedAt !== null && now - heard.probedAt > probeMs
    ? `heartbeats were answered, but no event came although one was asked for`
    : null
}

/** Whether it is time to ask for an event, to see whether it comes. */
export const shouldProbe = (heard: Heard, now: number): boolean =>
  heard.readyAt !== null && now - Math.max(heard.dispatchAt, heard.probedAt ?? 0) > quietMs

const seconds = (ms: number): string => `${ms / 1_000} s`
