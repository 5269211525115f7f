import { expect, it } from 'vitest'
import { createPeopleFirst } from '../../../src/app/people-first.ts'

it('C5 who writes alerts goes on at once when nobody waits for a click', async () => {
  const people = createPeopleFirst()
  await people.free(60_000)
  expect(await people.waits(async () => 'done')).toBe('done')
  await people.free(60_000)
})

it('C5 who writes alerts waits until the last of those who pressed is answered, also when it failed', async () => {
  const people = createPeopleFirst()
  const one = Promise.withResolvers<void>()
  const other = Promise.withResolvers<void>()
  const first = people.waits(() => one.promise)
  const second = people.waits(() => other.promise)
  let freed = false
  const free = people.free(60_000).then(() => {
    freed = true
  })
  one.resolve()
  await first
  expect(freed).toBe(false)
  other.reject(new Error('of the database'))
  await expect(second).rejects.toThrow('of the database')
  await free
  expect(freed).toBe(true)
})

it('C5 a click that hangs holds alerts up for so long and no longer', async () => {
  const people = createPeopleFirst()
  const never = people.waits(() => new Promise<void>(() => undefined))
  await people.free(1)
  expect(never).toBeInstanceOf(Promise)
})
