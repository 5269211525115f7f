import { expect, it } from 'vitest'
import { answerQuestion } from '../../src/app/answer-question.ts'
import { readCharts } from '../../src/app/read/charts.ts'
import { chartsOf } from '../../src/domain/card.ts'
import type { Chart } from '../../src/domain/chart.ts'
import {
  aWorld,
  bruno,
  fire,
  healedIn,
  otherTenant,
  requestedIn,
  tenant,
  type World,
} from './answer-support.ts'

const asking =
  ({ app }: World, tenantId = tenant) =>
  async (text: string): Promise<Chart | null> => {
    const card = await answerQuestion(app, tenantId, { text, incidentId: null, askedBy: bruno.person })
    return card === null ? null : (chartsOf(card)[0] ?? null)
  }
const told = (chart: Chart | null) => chart?.rows.map(({ label, figure, note }) => [label, figure, note])

it('C7 Q1 what people ask in a thread has the same rows as the console, from the same records', async () => {
  const world = await aWorld()
  const ask = asking(world)
  await healedIn(world)
  await fire(world.app, { title: 'SearchSlow', service: 'search' })

  const success = await ask('success rate per playbook?')
  expect(told(success)).toEqual([['restart-service', '100 %', '1 of 1, 21–100 %']])
  const times = await ask('time to recover per service?')
  expect(times?.rows.map(({ label }) => label)).toEqual(['checkout'])
  const counts = await ask('incidents per service today?')
  expect(told(counts)).toEqual([
    ['checkout', '1', ''],
    ['search', '1', ''],
  ])

  const { charts } = await readCharts(world.app, tenant, '24h')
  expect(told(charts.success_by_playbook)).toEqual(told(success))
  expect(told(charts.time_to_recover)).toEqual(told(times))
  expect(told(charts.incidents_by_service)).toEqual(told(counts))
})

it('C7 Q1 approvals that wait: for how long, in a thread as in the console', async () => {
  const world = await aWorld()
  await requestedIn(world)
  world.later({ minutes: 4 })
  const waiting = await asking(world)('which approvals are waiting?')
  expect(waiting?.rows[0]).toMatchObject({ label: 'checkout: Restart the service', figure: '4 min' })
  expect(waiting?.rows[0]?.note).toMatch(/^0 of \d approvals?, \d+ min left$/)
  const { charts } = await readCharts(world.app, tenant, '24h')
  expect(told(charts.approvals_waiting)).toEqual(told(waiting))
})

it('C7 Q1 a number of everything has the picture of what it is made of', async () => {
  const world = await aWorld()
  await healedIn(world)
  await fire(world.app, { title: 'SearchSlow', service: 'search' })
  const chart = await asking(world)('how many incidents today?')
  expect(told(chart)).toEqual([
    ['checkout', '1', ''],
    ['search', '1', ''],
  ])
})

it('C7 H4 the charts of a tenant hold nothing of another', async () => {
  const world = await aWorld()
  await healedIn(world)
  const { charts } = await readCharts(world.app, otherTenant, 'all')
  expect(Object.values(charts).map(({ rows }: Chart) => rows.length)).toEqual([0, 0, 0, 0, 0])
  expect(await asking(world, otherTenant)('success rate per playbook?')).toBeNull()
})
