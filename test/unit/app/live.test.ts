import { expect, it } from 'vitest'
import { createLiveCard } from '../../../src/app/live.ts'
import { answerCard } from '../../support/fake-chat-commands.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('Q3 a chat that shows slowly is told the newest card each time, and the last one always', async () => {
  const going = createLiveCard()
  const shown: string[] = []
  let free = Promise.withResolvers<void>()
  const following = going.live(async ({ title }) => {
    shown.push(title)
    await free.promise
  })
  going.put(answerCard('1'))
  await turn()
  for (const title of ['2', '3', '4']) going.put(answerCard(title))
  await turn()
  expect(shown).toEqual(['1'])
  const before = free
  free = Promise.withResolvers()
  before.resolve()
  await turn()
  expect(shown).toEqual(['1', '4'])
  going.put(answerCard('5'))
  going.end()
  free.resolve()
  await following
  expect(shown).toEqual(['1', '4', '5'])
})

it('Q3 what was over before anybody looked is shown once, and nothing where nothing came', async () => {
  const going = createLiveCard()
  going.put(answerCard('1'))
  going.put(answerCard('2'))
  going.end()
  const shown: string[] = []
  await going.live(async ({ title }) => void shown.push(title))
  expect(shown).toEqual(['2'])
  const silent = createLiveCard()
  silent.end()
  await silent.live(async () => void shown.push('never'))
  expect(shown).toEqual(['2'])
})

it('Q3 whoever cannot show it any more is told', async () => {
  const going = createLiveCard()
  going.put(answerCard('1'))
  await expect(going.live(() => Promise.reject(new Error('gone')))).rejects.toThrow('gone')
})
