import { notHere } from '../../domain/self-test.ts'
import type { SelfCheck, SelfTestScope } from './check.ts'

export const diskCheck = ({ facts }: SelfTestScope): SelfCheck => ({
  name: 'disk',
  shows: 'a file can be written where the embedded database lies',
  look: async () => {
    const tryDisk = facts?.tryDisk ?? null
    return tryDisk === null ? notHere('the database is not embedded: its disk is its operator’s') : tryDisk()
  },
})
