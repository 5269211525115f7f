import pg from 'pg'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { createChatCommands } from '../../src/app/chat/commands.ts'
import { createIngestWriter } from '../../src/app/ingest/batch-writer.ts'
import type { ChatCommands, ChatReply, ChatUser } from '../../src/app/ports.ts'
import { readSettings } from '../../src/config.ts'
import type { AlertStatus } from '../../src/domain/alert.ts'
import type { Caller } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { plainText } from '../../src/message/plain-text.ts'
import { startSuture } from '../../src/start/start.ts'
import { inTenant, type Tx } from '../../src/storage/database.ts'
import { writeHistory } from '../../test/support/learning-history.ts'
import { asked, kindsAsked, type Placeholders } from '../load/questions.ts'
import { type AnswerFiles, playbookNames, serviceNames, writeAnswerFiles } from './answer-files.ts'
import { answerParent } from './child.ts'
import { writePast } from './past-incidents.ts'
import { until } from './until.ts'

/** All of Suture as `npm start` has it, with a long past, asked by somebody in Slack; the adapter is left out, and the network. */
export type Question =
  | (AnswerFiles & {
      readonly kind: 'open'
      readonly ownerUrl: string
      readonly appUrl: string
      readonly outcomes: number
      readonly incidents: number
      readonly days: number
      readonly people: number
    })
  /** Every kind of question so often: milliseconds of each, by the place of its kind. */
  | { readonly kind: 'answers'; readonly times: number }
  /** So often an empty command and a `select 1` on the same pool. */
  | { readonly kind: 'commands'; readonly times: number }

type Opening = Extract<Question, { kind: 'open' }>

interface World {
  readonly commands: ChatCommands
  readonly pool: pg.Pool
  /** Incidents that are over, to ask about in turn. */
  readonly past: readonly string[]
  readonly model: Model
  readonly openIncident: string
}

interface Model {
  readonly incidentId: string
  readonly runId: string
}

const tenantId = 'main'
const user: ChatUser = { chat: 'slack', workspaceId: 'T1', userId: 'U1', name: 'Ada', groups: ['G1'] }
const threadOfOpen = '1700000000.000100'
const pastAsked = 500
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
let world: World | null = null
let stop: (() => Promise<void>) | null = null
let said = 0

const open = async (opening: Opening): Promise<void> => {
  const read = readSettings({
    ...writeAnswerFiles(opening),
    SUTURE_LAB: 'off',
    SUTURE_PORT: '0',
    SUTURE_DATA_DIR: `${opening.folder}/suture`,
    DATABASE_URL: opening.ownerUrl,
    DATABASE_APP_URL: opening.appUrl,
  })
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  const running = await startSuture({
    settings: read.settings,
    env: process.env,
    roles: new Set(['api', 'bot', 'worker']),
    lab: false,
    log: silent,
    version: 'bench',
    portIsFixed: true,
    overrides: {
      probeHealth: async () => ({ healthy: true, measured: true, summary: 'it answers', latencyMs: 0 }),
    },
  })
  stop = running.stop
  const { app } = running.context
  const commands = createChatCommands(app, {
    workspaces: [{ chat: 'slack', workspaceId: user.workspaceId, tenantId }],
    roleGroups: { slack: [{ role: 'responder', group: 'G1' }], discord: [] },
    consoleUrl: null,
  })
  const inMain = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inTenant(app.store, tenantId, work)
  const writer = createIngestWriter(app)
  const send = (service: string, status: AlertStatus) => writer.ingest(alertOf(service, status))
  const bea = await inMain(addBea)
  const requestFor = (incidentId: string) =>
    until(`the request of ${incidentId}`, () => inMain((tx) => requestOf(tx, incidentId)))

  await writeLearned(opening)
  const [healed, ...waiting] = serviceNames
  const incidentId = (await send(healed ?? '', 'firing')).incidents[0] ?? ''
  const { id: requestId, run_id: runId } = await requestFor(incidentId)
  const decided = await decideApproval(app, bea, { requestId, decision: 'approve', reason: 'looks right' })
  if (isRejection(decided)) throw new Error(decided.detail)
  await until(`the end of ${runId}`, () => inMain((tx) => endOf(tx, runId)))
  await send(healed ?? '', 'resolved')
  await until(`the end of ${incidentId}`, () => inMain((tx) => resolvedAt(tx, incidentId)))
  const opened: string[] = []
  for (const service of waiting.slice(0, 4)) {
    const [id = ''] = (await send(service, 'firing')).incidents
    await requestFor(id)
    opened.push(id)
  }
  await writeIncidents(opening, incidentId)
  await inMain((tx) => putThread(tx, opened[0] ?? ''))
  world = {
    commands,
    pool: app.store.pool,
    model: { incidentId, runId },
    openIncident: opened[0] ?? '',
    past: await inMain(pastIds),
  }
  await commands.command(user, '')
  await checkAnswers(world)
}

const alertOf = (service: string, status: AlertStatus) => {
  const startsAt = Temporal.Now.instant().round('millisecond')
  return {
    tenantId,
    source: 'alertmanager' as const,
    keptAside: [],
    alerts: [
      {
        source: 'alertmanager' as const,
        fingerprint: `down-${service}`,
        status,
        severity: 'high' as const,
        service,
        title: 'ServiceDown',
        summary: `${service} does not answer.`,
        labels: { alertname: 'ServiceDown', service },
        startsAt,
        endsAt: status === 'resolved' ? startsAt : null,
        links: [],
      },
    ],
  }
}

const addBea = async (tx: Tx): Promise<Caller> => {
  const person = { id: 'person_bea', name: 'Bea', kind: 'human', roles: ['responder', 'approver'] } as const
  await tx.db
    .insertInto('person')
    .values({ ...person, roles: [...person.roles], tenant_id: tenantId })
    .execute()
  return { tenantId, person, via: 'console', scopes: ['read', 'respond', 'approve'] }
}

const requestOf = async (tx: Tx, incidentId: string) =>
  (await tx.db
    .selectFrom('approval_request')
    .select(['id', 'run_id'])
    .where('tenant_id', '=', tenantId)
    .where('incident_id', '=', incidentId)
    .executeTakeFirst()) ?? null

const endOf = async (tx: Tx, runId: string) =>
  (
    await tx.db
      .selectFrom('run')
      .select('finished_at')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', runId)
      .executeTakeFirst()
  )?.finished_at ?? null

const resolvedAt = async (tx: Tx, incidentId: string) =>
  (
    await tx.db
      .selectFrom('incident')
      .select('resolved_at')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', incidentId)
      .executeTakeFirst()
  )?.resolved_at ?? null

const pastIds = async (tx: Tx): Promise<string[]> =>
  (
    await tx.db
      .selectFrom('incident')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('status', '=', 'resolved')
      .orderBy('opened_at', 'desc')
      .limit(pastAsked)
      .execute()
  ).map(({ id }) => id)

/** As delivery leaves it: the head of the incident's thread stands in Slack. */
const putThread = async (tx: Tx, incidentId: string): Promise<void> => {
  await tx.db
    .insertInto('card_delivery')
    .values({
      tenant_id: tenantId,
      card_id: `${incidentId}/incident`,
      chat: 'slack',
      desired_version: 1,
      changed_at: tx.now,
      message_id: threadOfOpen,
    })
    .execute()
}

const asOwner = async (ownerUrl: string, work: (owner: pg.Client) => Promise<void>): Promise<void> => {
  const owner = new pg.Client({ connectionString: ownerUrl })
  // Where the rest fails the server goes first, and takes this along.
  owner.on('error', () => undefined)
  await owner.connect()
  try {
    await owner.query('set synchronous_commit = off')
    await work(owner)
  } finally {
    await owner.end()
  }
}

/** What was learned, and who is there. */
const writeLearned = ({ ownerUrl, outcomes, days, people }: Opening): Promise<void> =>
  asOwner(ownerUrl, async (owner) => {
    await writeHistory(owner, { tenantId, outcomes, days, until: Temporal.Now.instant().toString(), seed: 1 })
    await owner.query(
      `insert into person (tenant_id, id, name, kind, roles)
        select $1, 'colleague-' || n, 'Colleague' || n, 'human', '{viewer}' from generate_series(1, $2::int) n`,
      [tenantId, people],
    )
  })

const writeIncidents = ({ ownerUrl, incidents, days }: Opening, model: string): Promise<void> =>
  asOwner(ownerUrl, async (owner) => {
    await writePast(owner, {
      model,
      incidents,
      days,
      services: serviceNames,
      playbooks: playbookNames,
    })
    // As after days of work: the planner knows the tables.
    await owner.query('vacuum analyze')
  })

const placeholders = ({ past, model, openIncident }: World, at: number): Placeholders => ({
  incident: past[at % past.length] ?? model.incidentId,
  open: openIncident,
  run: model.runId,
  service: serviceNames[at % serviceNames.length] ?? '',
  playbook: playbookNames[at % playbookNames.length] ?? '',
})

const ask = (in_: World, at: number, kind: (typeof kindsAsked)[number]): Promise<ChatReply | null> => {
  said += 1
  return in_.commands.say(user, {
    text: asked(kind.text, placeholders(in_, at)),
    threadId: kind.inThread === true ? threadOfOpen : null,
    messageKey: `bench/${said}`,
  })
}

/** A bench of refusals would be quick: each kind must be read, and answered from what there is. */
const checkAnswers = async (given: World): Promise<void> => {
  for (const kind of kindsAsked) {
    const reply = await ask(given, 0, kind)
    if (kind.inThread === true && reply !== null)
      throw new Error(`expected “${kind.text}” to be answered by a card`)
    if (kind.inThread === true) continue
    const told = reply === null ? 'nothing' : plainText(reply.card)
    if (!told.includes('Read as: ') || !told.includes('Rests on '))
      throw new Error(`expected an answer to “${kind.text}”; found: ${told}`)
  }
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const from = performance.now()
  await work()
  return performance.now() - from
}

// Else its watchdog would stay, waiting for runs of a database that is gone with the bench.
process.once('SIGTERM', () => void Promise.resolve(stop?.()).finally(() => process.exit(0)))

answerParent<Question, readonly (readonly number[])[]>(async (question) => {
  if (question.kind === 'open') {
    await open(question)
    return []
  }
  const given = world
  if (given === null) throw new Error('expected Suture to be opened before anything is asked of it')
  const took: number[][] = question.kind === 'answers' ? kindsAsked.map(() => []) : [[]]
  for (let at = 0; at < question.times; at += 1)
    if (question.kind === 'answers')
      for (const [place, kind] of kindsAsked.entries())
        took[place]?.push(await timed(() => ask(given, at, kind)))
    else
      took[0]?.push(
        await timed(async () => {
          await given.commands.command(user, '')
          await given.pool.query('select 1')
        }),
      )
  return took
})
