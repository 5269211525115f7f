import { expect, it } from 'vitest'
import { answerQuestion } from '../../src/app/answer-question.ts'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { answerOutside } from '../../src/app/chat/ask.ts'
import { postMessage } from '../../src/app/post-message.ts'
import type { Caller } from '../../src/domain/person.ts'
import { plainText } from '../../src/message/plain-text.ts'
import { inTenant } from '../../src/storage/database.ts'
import {
  alma,
  aWorld,
  bruno,
  cora,
  fire,
  healedIn,
  requestedIn,
  tenant,
  type World,
} from './answer-support.ts'

const asking =
  (world: World) =>
  async (text: string, incidentId: string | null = null, by: Caller = bruno): Promise<string> => {
    const card = await answerQuestion(world.app, tenant, { text, incidentId, askedBy: by.person })
    return card === null ? 'no answer' : plainText(card)
  }

it('Q1 Q2 every subject is answered from what is on record, and says what it rests on', async () => {
  const world = await aWorld()
  const { incidentId, runId, requestId } = await healedIn(world)
  const open = await fire(world.app, { title: 'SearchSlow', service: 'search' })
  const ask = asking(world)
  const answers: readonly (readonly [string, readonly string[]])[] = [
    ['which playbook works best?', ['restart-service', '1 of 1 worked, 95 % interval 21-100 %', '1 outcome']],
    ['which never worked?', ['Nothing that was tried has never worked.']],
    ['success rate of restart-service on checkout', ['1 of 1 worked', 'of restart-service on checkout']],
    ['success rate of checkout vs search', ['checkout: 1 of 1', 'search: never tried', 'against search']],
    ['how long does restart-service take?', ['on average, over 1 run that began']],
    ['run outcomes per service', ['checkout: 1 outcome: 1 succeeded']],
    ['how often do incidents recover by themselves?', ['0 of 1 recovered alone']],
    ['are your odds calibrated?', ['Whether stated odds come true']],
    ['mttr today', ['half within', '1 incident, 0 alone']],
    ['how many incidents today?', ['2 incidents.', 'how many incidents, from']],
    ['incidents per service today', ['checkout: 1']],
    ['resolved incidents today', [incidentId, '1 incident.']],
    ['which runs succeeded today?', ['1 run.', runId, 'succeeded']],
    ['how many runs failed?', ['0 runs.']],
    ['what did cora approve?', ['1 decision.', 'Cora', requestId, 'looks right', 'what Cora approved']],
    [`who approved ${runId}?`, ['Cora', requestId]],
    [`audit log of ${incidentId}`, ['Cora', 'approved']],
    ['what changed on checkout today?', [runId]],
    ['what was deployed today on search?', ['No change is on record']],
    ['incidents on checkout since the deploy', ['No deploy or other change of checkout is on record']],
    ['when may something run on checkout?', ['checkout: Something may run now']],
    ['what mode are we in?', ['Mode']],
    ['is there a freeze?', ['There is no freeze']],
    ['what are the change windows of checkout?', ['checkout:']],
    ['which policy is in force?', ['is in force']],
    ['is the glass broken?', ['No glass is broken']],
    ['who may approve on checkout?', ['approver', 'Cora']],
    ['what should I look at first?', [open.incidentId]],
    ['how is the scheduler doing?', ['proposals were made']],
    ['what was refused today?', ['Alma', 'was refused']],
    ['what can I ask?', ['which playbook works best?']],
    ['run the tests', ['Read as: run the self-test']],
  ]
  for (const [question, parts] of answers) {
    const told = await ask(`${question.replace(/\?$/, '')}?`)
    for (const part of parts) expect(told, question).toContain(part)
    expect(told, question).toContain('Read as: ')
    expect(told, question).toMatch(/Rests on /)
  }
  const tested = await answerOutside(world.app, alma, 'run the tests?')
  expect(tested === null ? '' : plainText(tested.card)).toMatch(/\d+ of \d+ done/)
  // Nothing is sealed in this world, so there is no proof yet, and it says so.
  expect(await ask(`prove ${runId}?`)).toContain(`the proof of ${runId}`)
})

it('Q2 a list that is longer than a card says how many there are', async () => {
  const world = await aWorld()
  for (let n = 0; n < 22; n += 1) await fire(world.app, { title: `Slow ${n}`, service: `service-${n}` })
  const told = await asking(world)('list incidents today?')
  expect(told).toMatch(/22 incidents, of which the newest 20 are shown/)
  expect(told).toContain('In part: 20 of 22 are shown')
})

it('Q1 a follow-up goes on from what the same person asked last in the same place, for an hour', async () => {
  const world = await aWorld()
  const { incidentId } = await healedIn(world)
  const outside = async (text: string, by: Caller = bruno): Promise<string> => {
    const answer = await answerOutside(world.app, by, text)
    return answer === null ? 'no answer' : plainText(answer.card)
  }
  expect(await outside('how many incidents on checkout today?')).toContain('1 incident')
  expect(await outside('and for search?')).toContain('how many incidents on search')
  expect(await outside('and yesterday?')).toContain('how many incidents on search, from')
  expect(await outside('and for checkout?', cora)).toContain('I did not understand that')
  await postMessage(world.app, bruno, incidentId, 'and for checkout?')
  const inThread = await inTenant(world.app.store, tenant, (tx) =>
    tx.db
      .selectFrom('card')
      .select('body')
      .where('incident_id', '=', incidentId)
      .where('kind', '=', 'answer')
      .execute(),
  )
  expect(JSON.stringify(inThread)).toContain('I did not understand that')
  world.later({ minutes: 61 })
  expect(await outside('and for checkout?')).toContain('I did not understand that')
})

it('Q1 what was refused to others outside of incidents is not told', async () => {
  const world = await aWorld()
  await healedIn(world)
  expect(await asking(world)('what was I refused today?', null, alma)).toContain('was refused')
  expect(await asking(world)('what was I refused today?', null, cora)).toContain(
    'Nothing of yours was refused',
  )
})

it('Q1 what was refused of one run, request or proposal in a time is told of that one alone', async () => {
  const world = await aWorld()
  const first = await healedIn(world)
  world.later({ minutes: 70 })
  const second = await requestedIn(world)
  await decideApproval(world.app, alma, { requestId: second.requestId, decision: 'approve', reason: '' })
  const ask = asking(world)
  for (const [one, other] of [
    [first, second],
    [second, first],
  ] as const)
    for (const id of [one.runId, one.requestId, one.proposalId]) {
      const told = await ask(`what was refused for ${id} today?`)
      expect(told, id).toContain(`approve ${one.requestId}`)
      expect(told, id).not.toContain(`approve ${other.requestId}`)
    }
  expect(await ask('what was refused for run-999 today?')).toContain('There is no run-999 here')
})

it('Q1 Q2 of an incident without a service nobody knows what changed, and it is not told of everything instead', async () => {
  const world = await aWorld()
  await healedIn(world)
  const odd = await fire(world.app, { title: 'Odd', service: null })
  expect(await asking(world)('what changed here?', odd.incidentId)).toContain(
    `The alerts of ${odd.incidentId} name no service`,
  )
})

it('Q2 D2 a run that was stopped on its way has changed something; one that never began has not', async () => {
  const world = await aWorld()
  const acted = await healedIn(world)
  // Restarted, and stopped while it looked whether that helped: there is nothing that could be undone.
  await inTenant(world.app.store, tenant, ({ db }) =>
    db
      .updateTable('learning_outcome')
      .set({ status: 'canceled', recovery: 'not_measured' })
      .where('run_id', '=', acted.runId)
      .execute(),
  )
  world.later({ minutes: 70 })
  const never = await requestedIn(world)
  await never.resolve()
  const told = await asking(world)('what changed on checkout today?')
  expect(told).toContain(acted.runId)
  expect(told).not.toContain(`(${never.runId})`)
})
