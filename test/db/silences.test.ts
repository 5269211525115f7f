import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { createIngestWriter } from '../../src/app/ingest/batch-writer.ts'
import { endSilence } from '../../src/app/silence/end-silence.ts'
import { type SilenceInput, setSilence } from '../../src/app/silence/set-silence.ts'
import { turnSilence } from '../../src/app/silence/turn-silence.ts'
import type { Alert } from '../../src/domain/alert.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { anAlert } from '../support/alerts.ts'
import { testTenant } from '../support/app.ts'
import { type CoreWorld, coreWorld } from './core-world.ts'

const hour = 3_600_000

describe('silences', () => {
  let world: CoreWorld
  let owner: pg.Client
  let ada: Caller
  let writer: ReturnType<typeof createIngestWriter>
  beforeAll(async () => {
    world = await coreWorld()
    writer = createIngestWriter(world.app)
    owner = new pg.Client({ connectionString: world.ownerUrl })
    await owner.connect()
    ada = await world.caller('Ada', ['responder'])
  })
  afterAll(async () => {
    await owner.end()
    await world.close()
  })

  const set = async (service: string, given: Partial<SilenceInput> = {}) => {
    const result = await setSilence(world.app, ada, {
      kind: 'silence',
      matchers: [{ label: 'service', operator: '=', value: service }],
      until: '2h',
      reason: 'deploy',
      ...given,
    })
    if (isRejection(result)) throw new Error(result.detail)
    return result
  }
  const send = (...alerts: Partial<Alert>[]) =>
    writer.ingest({
      tenantId: testTenant,
      source: 'alertmanager',
      alerts: alerts.map((each) => anAlert(each)),
      keptAside: [],
    })
  const turn = (id: string) => turnSilence(world.app, testTenant, id)
  const alertsOf = async (service: string) =>
    (
      await owner.query<{ title: string; incident_id: string | null; silenced_by: string | null }>(
        'select title, incident_id, silenced_by from alert where service = $1 order by title',
        [service],
      )
    ).rows
  const incidentsOf = async (service: string): Promise<string[]> =>
    (
      await owner.query<{ id: string }>('select id from incident where service = $1 order by opened_at', [
        service,
      ])
    ).rows.map((row) => row.id)
  const dueOf = async (id: string) =>
    (await owner.query(`select 1 from outbox where kind = 'silence' and key = $1`, [id])).rows.length
  const noticesOf = async (incidentId: string): Promise<string[]> =>
    (
      await owner.query<{ body: string }>(
        `select body::text as body from card where incident_id = $1 and kind = 'notice' order by created_at, position`,
        [incidentId],
      )
    ).rows.map((row) => row.body)

  it('I4 an alert that matches is kept, recorded under its silence and counted, and opens nothing', async () => {
    const { name } = world.take()
    const silence = await set(`${name}-api`)
    const receipt = await send({ service: name }, { service: name, title: 'Slow' })
    expect(receipt).toMatchObject({ created: 2, incidents: [] })
    expect(await incidentsOf(name)).toEqual([])
    expect(await alertsOf(name)).toEqual([
      { title: 'ServiceDown', incident_id: null, silenced_by: silence.id },
      { title: 'Slow', incident_id: null, silenced_by: silence.id },
    ])
    // A copy of what fires already is no second occurrence.
    await send({ service: name })
    const counted = await owner.query(
      'select title, occurrences from silenced_alert where silence_id = $1 order by title',
      [silence.id],
    )
    expect(counted.rows).toEqual([
      { title: 'ServiceDown', occurrences: 1 },
      { title: 'Slow', occurrences: 1 },
    ])
    expect(await world.eventsOf(silence.id)).toEqual(['silence_set', 'silence_started'])
    const { rows } = await owner.query<{ silenced: string[] }>(
      `select convert_from(bytes, 'UTF8')::jsonb #> '{details,silenced}' as silenced from audit_entry
       where event = 'alerts_received' order by seq desc offset 1 limit 1`,
    )
    expect(rows[0]?.silenced).toHaveLength(2)
  })

  it('I4 what does not match opens an incident as ever', async () => {
    const { name } = world.take()
    await set(name, {
      matchers: [
        { label: 'service', operator: '=', value: name },
        { label: 'alertname', operator: '=~', value: 'Slow*' },
        { label: 'team', operator: '!=', value: 'shop' },
      ],
    })
    await send(
      { service: name, title: 'SlowAnswers' },
      { service: name, title: 'SlowAnswers', labels: { team: 'shop' } },
      { service: name, title: 'Down' },
    )
    const [incidentId] = await incidentsOf(name)
    expect((await alertsOf(name)).map((row) => [row.title, row.incident_id])).toEqual([
      ['Down', incidentId],
      ['SlowAnswers', expect.toBeOneOf([null, incidentId])],
      ['SlowAnswers', expect.toBeOneOf([null, incidentId])],
    ])
    expect(await world.incident(incidentId ?? '')).toMatchObject({ firing: 2 })
  })

  it('I4 what still fires when the silence is over opens an incident then; what has resolved does not', async () => {
    const { name } = world.take()
    const quiet = world.take()
    const silence = await set(name)
    const other = await set(quiet.name)
    await send({ service: name }, { service: quiet.name })
    await send({ service: quiet.name, status: 'resolved' })
    await turn(silence.id)
    expect(await incidentsOf(name)).toEqual([])
    world.shift(2 * hour)
    await turn(silence.id)
    await turn(other.id)
    const [incidentId = ''] = await incidentsOf(name)
    expect(await world.incident(incidentId)).toMatchObject({ status: 'open', firing: 1 })
    expect(await alertsOf(name)).toEqual([
      { title: 'ServiceDown', incident_id: incidentId, silenced_by: null },
    ])
    expect(await incidentsOf(quiet.name)).toEqual([])
    expect(await world.eventsOf(silence.id)).toEqual(['silence_set', 'silence_started', 'silence_ended'])
    // A ring that comes twice opens nothing twice, and tells nobody twice.
    await turn(silence.id)
    expect(await incidentsOf(name)).toEqual([incidentId])
    expect((await world.eventsOf(silence.id)).filter((event) => event === 'silence_ended')).toHaveLength(1)
    expect(world.rings).toContainEqual({ tenantId: testTenant, kind: 'heal', key: incidentId })
  })

  it('I4 a batch that was written a moment after the end is let through a minute later', async () => {
    const { name } = world.take()
    const silence = await set(name)
    await endSilence(world.app, ada, silence.id)
    await turn(silence.id)
    expect(await dueOf(silence.id)).toBe(1)
    await send({ service: name, status: 'resolved' })
    await owner.query(`update alert set status = 'firing', silenced_by = $1 where service = $2`, [
      silence.id,
      name,
    ])
    world.shift(61_000)
    await turn(silence.id)
    expect(await incidentsOf(name)).toHaveLength(1)
    expect(await dueOf(silence.id)).toBe(0)
  })

  it('I4 what fires before it begins stays as it is, and its thread is told of start and end', async () => {
    const { name } = world.take()
    const incidentId = await world.fire(name)
    const silence = await set(name)
    await send({ service: name, severity: 'high' }, { service: name, title: 'Slow' })
    expect(await world.incident(incidentId)).toMatchObject({ status: 'open', firing: 1 })
    expect((await noticesOf(incidentId)).at(-1)).toContain('New alerts of it open nothing')
    await endSilence(world.app, ada, silence.id)
    await turn(silence.id)
    expect((await noticesOf(incidentId)).at(-1)).toContain('was ended by Ada')
    expect(await world.incident(incidentId)).toMatchObject({ firing: 2 })
  })

  it('I4 of two silences the second keeps quiet what the first lets go', async () => {
    const { name } = world.take()
    const first = await set(name)
    const second = await set(name, { until: '4h' })
    await send({ service: name })
    await endSilence(world.app, ada, first.id)
    await turn(first.id)
    expect(await alertsOf(name)).toMatchObject([{ incident_id: null, silenced_by: second.id }])
    await endSilence(world.app, ada, second.id)
    await turn(second.id)
    expect(await incidentsOf(name)).toHaveLength(1)
  })

  it('I4 one that is set for later begins when its time comes', async () => {
    const { name } = world.take()
    const silence = await set(name, { from: '1h', until: '1h' })
    expect(await world.eventsOf(silence.id)).toEqual(['silence_set'])
    expect(Number(silence.until.since(silence.from).total('minutes'))).toBe(60)
    await turn(silence.id)
    expect(await world.eventsOf(silence.id)).toEqual(['silence_set'])
    world.shift(hour + 1_000)
    await turn(silence.id)
    expect(await world.eventsOf(silence.id)).toEqual(['silence_set', 'silence_started'])
    await send({ service: name })
    expect(await incidentsOf(name)).toEqual([])
  })

  it('I4 during maintenance Suture proposes nothing, says why and until when, and looks again then', async () => {
    const { name } = world.take()
    const incidentId = await world.fire(name)
    await set(name, { kind: 'maintenance', reason: 'database upgrade' })
    await healIncident(world.app, testTenant, incidentId)
    expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated' })
    expect((await noticesOf(incidentId)).at(-1)).toContain(`${name} is under maintenance: database upgrade.`)
    world.shift(2 * hour + 1_000)
    await healIncident(world.app, testTenant, incidentId)
    expect(await world.incident(incidentId)).toMatchObject({ status: 'proposed' })
  })

  it('I4 maintenance that is ended early lets Suture look again at once at what it put off', async () => {
    const { name } = world.take()
    const incidentId = await world.fire(name)
    const { id } = await set(name, { kind: 'maintenance', reason: 'database upgrade' })
    await healIncident(world.app, testTenant, incidentId)
    expect(await world.incident(incidentId)).toMatchObject({ status: 'escalated' })
    await endSilence(world.app, ada, id)
    expect(world.rings).toContainEqual(expect.objectContaining({ kind: 'heal', key: incidentId }))
    await healIncident(world.app, testTenant, incidentId)
    expect(await world.incident(incidentId)).toMatchObject({ status: 'proposed' })
  })

  it('I4 what cannot be meant is refused by name', async () => {
    const ask = async (given: Partial<SilenceInput>) => {
      const result = await setSilence(world.app, ada, {
        kind: 'silence',
        matchers: [{ label: 'service', operator: '=', value: 'plain-1' }],
        until: '2h',
        reason: 'deploy',
        ...given,
      })
      return isRejection(result) ? [result.facts?.['field'], result.detail] : result
    }
    const matcher = (label: string, operator: '=' | '!=' | '=~', value: string) => [
      { label, operator, value },
    ]
    expect(await ask({ matchers: [] })).toEqual(['matchers', expect.any(String)])
    expect(await ask({ matchers: matcher('severity', '!=', 'low') })).toEqual([
      'matchers',
      expect.stringContaining('names only what it is not about'),
    ])
    expect(await ask({ matchers: matcher('alertname', '=~', '*') })).toEqual([
      'matchers.0.value',
      expect.stringContaining('=~ takes the beginning'),
    ])
    expect(await ask({ matchers: matcher('alertname', '=~', '(a+)+$*x') })).toMatchObject([
      'matchers.0.value',
      expect.any(String),
    ])
    expect(await ask({ matchers: matcher('__proto__', '=', 'x') })).toMatchObject(['matchers.0.label', {}])
    expect(await ask({ matchers: matcher('service', '=', 'chekout') })).toEqual([
      'matchers',
      'There is no service “chekout” in the catalogue.',
    ])
    expect(await ask({ until: 'soon' })).toEqual(['until', expect.stringContaining('“soon”')])
    expect(await ask({ until: '40d' })).toEqual(['until', expect.stringContaining('more than 30 days')])
    expect(await ask({ reason: '  ' })).toEqual(['reason', 'A silence needs a reason.'])
    expect(await ask({ kind: 'maintenance', matchers: matcher('alertname', '=', 'Down') })).toEqual([
      'matchers',
      'Maintenance is of one service.',
    ])
    const viewer = await world.caller('Vera', ['viewer'])
    const silence = await set('plain-1')
    expect(await endSilence(world.app, viewer, silence.id)).toMatchObject({ code: 'forbidden' })
    expect(await endSilence(world.app, ada, 'sil-999')).toMatchObject({ code: 'not_found' })
    await endSilence(world.app, ada, silence.id)
    expect(await endSilence(world.app, ada, silence.id)).toMatchObject({ code: 'already_decided' })
  })
})
