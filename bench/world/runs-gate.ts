import type { App, Bell } from '../../src/app/app.ts'

/** Between the product and its doorbell: keeps back the rings for runs until all of them are to begin at once. */
export interface Gate {
  readonly bell: Bell
  readonly checkpoint: App['checkpoint']
  /** The bell that is rung. */
  readonly use: (bell: Bell) => void
  /** From now on rings for runs wait; `runs` of them are awaited. */
  readonly close: (runs: number) => void
  /** Rings for all that waits. Milliseconds from then until as many runs have ended. */
  readonly open: () => Promise<number>
}

type Rings = Parameters<Bell['ring']>[0]

export const createGate = (): Gate => {
  let bell: Bell = { ring: () => undefined }
  let held: Rings[number][] | null = null
  let left = 0
  let ended: () => void = () => undefined
  return {
    bell: {
      ring: (effects) => {
        if (held === null) return bell.ring(effects)
        held.push(...effects.filter(({ kind }) => kind === 'run'))
        bell.ring(effects.filter(({ kind }) => kind !== 'run'))
      },
    },
    checkpoint: async (name) => {
      if (!name.startsWith('committed:') || !name.includes('run_finished')) return
      left -= 1
      if (left === 0) ended()
    },
    use: (opened) => {
      bell = opened
    },
    close: (runs) => {
      held = []
      left = runs
    },
    open: async () => {
      const waiting = held ?? []
      if (waiting.length !== left) throw new Error(`expected ${left} queued runs, found ${waiting.length}`)
      const done = new Promise<void>((resolve) => {
        ended = resolve
      })
      held = null
      const began = performance.now()
      bell.ring(waiting)
      await done
      return performance.now() - began
    },
  }
}
