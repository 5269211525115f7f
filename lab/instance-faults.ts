/** How an instance breaks from within. Each is the real thing, not a flag that answers "broken". */
import { LEAK_CAP_MB } from './estate.ts'

const PARENT_CHECK_MS = 250

/**
 * Blocks the event loop for good, as a deadlock does: nothing is answered, no timer fires, no CPU is burnt.
 * The only thing it still notices is an orphan's fate, or a killed supervisor would leave it behind forever.
 */
export function hangForever(supervisorPid: number): never {
  const never = new Int32Array(new SharedArrayBuffer(4))
  for (;;) {
    Atomics.wait(never, 0, 0, PARENT_CHECK_MS)
    if (process.ppid !== supervisorPid) process.exit(1)
  }
}

const TICK_MS = 100

/** Keeps memory it never gives back, up to LEAK_CAP_MB. Filled, or the kernel would not make it resident. */
export function startLeak(mbPerSecond: number): void {
  const kept: Buffer[] = []
  let keptBytes = 0
  const bytesPerTick = Math.round((mbPerSecond * 1024 * 1024 * TICK_MS) / 1_000)
  const timer = setInterval(() => {
    const room = LEAK_CAP_MB * 1024 * 1024 - keptBytes
    const size = Math.min(room, bytesPerTick)
    if (size <= 0) return clearInterval(timer)
    kept.push(Buffer.alloc(size, 1))
    keptBytes += size
  }, TICK_MS)
}
