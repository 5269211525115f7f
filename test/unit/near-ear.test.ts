import { expect, it } from 'vitest'
import { createNearEar } from '../../jobs/near-ear.ts'

const aJob = (key: string) => ({ tenantId: 'lab', key })

/** An ear for one at a time; each piece of work ends when it is told to. */
const ear = (work: (key: string) => Promise<void> = async () => undefined, most = 1) => {
  const begun: string[] = []
  const errors: string[] = []
  const near = createNearEar(
    most,
    async ({ key }) => {
      begun.push(key)
      await work(key)
    },
    (error) => errors.push(error.message),
  )
  return { near, begun, errors }
}

it('R2 a ring that is heard where it was rung begins at once, and is not begun again when the queue brings it', async () => {
  const { near, begun } = ear()
  near.hear(aJob('run-1'), 'run-1-a')
  expect(begun).toEqual(['run-1'])
  await near.answer(aJob('run-1'), 'run-1-a')
  expect(begun).toEqual(['run-1'])
  // Another ring for the same row is another: the row decides.
  await near.answer(aJob('run-1'), 'run-1-b')
  expect(begun).toEqual(['run-1', 'run-1'])
})

it('R2 no more at a time than there are places, whoever brings it; what finds none is left to the queue', async () => {
  const first = Promise.withResolvers<void>()
  const { near, begun } = ear((key) => (key === 'run-1' ? first.promise : Promise.resolve()))
  near.hear(aJob('run-1'), 'a')
  near.hear(aJob('run-2'), 'b')
  const brought = near.answer(aJob('run-2'), 'b')
  await Promise.resolve()
  expect(begun).toEqual(['run-1'])
  first.resolve()
  await brought
  expect(begun).toEqual(['run-1', 'run-2'])
  near.hear(aJob('run-3'), 'c')
  expect(begun).toEqual(['run-1', 'run-2', 'run-3'])
})

it('R2 what throws is told, and gives its place back', async () => {
  const { near, begun, errors } = ear(() => Promise.reject(new Error('gone')))
  near.hear(aJob('run-1'), 'a')
  await expect.poll(() => errors).toEqual(['gone'])
  await expect(near.answer(aJob('run-2'), 'b')).rejects.toThrow('gone')
  near.hear(aJob('run-3'), 'c')
  expect(begun).toEqual(['run-1', 'run-2', 'run-3'])
})

it('R7 who takes leave hears nothing more, and waits for what was heard', async () => {
  const first = Promise.withResolvers<void>()
  const { near, begun } = ear(() => first.promise, 2)
  near.hear(aJob('run-1'), 'a')
  let closed = false
  const closing = near.close().then(() => {
    closed = true
  })
  near.hear(aJob('run-2'), 'b')
  await Promise.resolve()
  expect([begun, closed]).toEqual([['run-1'], false])
  first.resolve()
  await closing
})
