import { ref } from './console-stub-data.ts'
import type { StubWorld } from './console-stub-world.ts'

/** A test that nobody has asked for yet; once somebody does, the report of one that found something. */
export const noSelfTest = {
  verdict: 'never' as string,
  startedAt: null as string | null,
  endedAt: null as string | null,
  by: null as { id: string; name: string } | null,
  done: 0,
  total: 0,
  passed: 0,
  failed: 0,
  notHere: 0,
  checks: [] as {
    name: string
    shows: string
    status: string
    detail: string
    remedy: string
    durationMs: number
  }[],
}

export const stubSelfTest = (world: StubWorld, method: string): typeof noSelfTest => {
  if (method === 'POST') {
    const now = new Date().toISOString()
    const check = (name: string, status: string, detail: string, remedy = '') => ({
      name,
      shows: '',
      status,
      detail,
      remedy,
      durationMs: 4,
    })
    world.selfTest = {
      verdict: 'fail',
      startedAt: now,
      endedAt: now,
      by: world.me === null ? null : ref(world.me),
      done: 3,
      total: 3,
      passed: 1,
      failed: 1,
      notHere: 1,
      checks: [
        check('database', 'pass', 'written, read and rolled back'),
        check('slack', 'fail', 'Slack refuses the token.', 'Copy the bot token anew.'),
        check('disk', 'not_here', 'the database is not embedded'),
      ],
    }
  }
  return world.selfTest
}
