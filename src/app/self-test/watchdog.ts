import { fails, notHere, passes } from '../../domain/self-test.ts'
import type { SelfCheck, SelfTestScope } from './check.ts'

export const watchdogCheck = ({ facts }: SelfTestScope): SelfCheck => ({
  name: 'watchdog',
  shows: 'the process that ends runs which hang is there',
  look: async () => {
    const alive = facts?.watchdogAlive ?? null
    if (alive === null) return notHere('no watchdog belongs to this process')
    return alive()
      ? passes('runs in a process of its own')
      : fails(
          'is not running: a run that hangs would not be ended',
          'It is started again by itself; if it does not stay, start Suture again.',
        )
  },
})
