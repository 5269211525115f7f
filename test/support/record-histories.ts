import { appendFile, readFile } from 'node:fs/promises'
import { decideApproval } from '../../src/app/approval/decide-approval.ts'
import { requestRun } from '../../src/app/approval/request-run.ts'
import { endOverdueRuns, undoAbandonedRuns } from '../../src/app/end-overdue-runs.ts'
import { cancelRun } from '../../src/app/run/cancel-run.ts'
import { performRun } from '../../src/app/run/perform-run.ts'
import { resolveRun } from '../../src/app/run/resolve-run.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { isTerminal } from '../../src/domain/run.ts'
import { afterTheLeaseMs, type CoreWorld, coreWorld, Died } from '../db/core-world.ts'
import { historiesFile, type Line } from '../replay/run-histories.ts'
import { testTenant } from './app.ts'
import type { Heard } from './record-histories-ears.ts'
import { recordedPlaybooks, serviceText, shapes } from './record-histories-estate.ts'
import { type Listener, listenTo } from './record-histories-listener.ts'
import { drawScenarios, inWords, type Scenario, type Way } from './record-histories-ways.ts'

/** Performs `count` runs for real and adds them to the file. What stands there is never touched. */
export const recordHistories = async (heard: Heard, count: number): Promise<void> => {
  const known = await readFile(historiesFile, 'utf8').catch(() => '')
  const recording = 1 + Math.max(0, ...[...known.matchAll(/"world":"(\d+)\./g)].map(([, of]) => Number(of)))
  const scenarios = drawScenarios(count, recording)
  const lines: string[] = []
  const written = new Set(known.split('\n'))
  const write = (line: Line): void => {
    const text = JSON.stringify(line)
    if (!written.has(text)) lines.push(text)
    written.add(text)
  }
  // What failed before counts against a playbook: in a young world all of them are offered.
  for (let at = 0; at * perWorld < scenarios.length; at++) {
    await inWorld(heard, `${recording}.${at + 1}`, scenarios.slice(at * perWorld, (at + 1) * perWorld), write)
    const complete = lines.splice(0).map((line) => `${line}\n`)
    await appendFile(historiesFile, complete.join(''))
  }
}
const perWorld = 40

const inWorld = async (
  heard: Heard,
  id: string,
  scenarios: readonly Scenario[],
  write: (line: Line) => void,
): Promise<void> => {
  const world = await coreWorld({ settle: { proposalsShown: 20 } })
  try {
    const { url } = world.estate
    const named = scenarios.map((scenario, at) => ({ scenario, name: `${scenario.shape}-${at + 1}` }))
    const catalogue = `services:\n${named.map(({ scenario, name }) => serviceText(url, name, scenario.shape)).join('')}`
    const restore = () => world.configure(recordedPlaybooks, () => catalogue)
    await restore()
    const listener = await listenTo({ heard, world, id, write })
    for (const shape of shapes) {
      const some = named.find(({ scenario }) => scenario.shape === shape)
      if (some !== undefined) await listener.tellShape(shape, serviceText(url, 'SERVICE', shape), some.name)
    }
    for (const { scenario, name } of named) {
      await play(world, listener, scenario, name, (edit) =>
        world.configure(
          {
            ...recordedPlaybooks,
            ...(edit === 'playbook'
              ? {
                  [scenario.playbook]: (recordedPlaybooks[scenario.playbook] ?? '').replaceAll(
                    '300ms',
                    '400ms',
                  ),
                }
              : {}),
          },
          () => (edit === 'playbook' ? catalogue : edit(catalogue)),
        ),
      )
      await restore()
      await govern(world, false)
    }
  } finally {
    await world.close()
  }
}

type Configure = (edit: 'playbook' | ((catalogue: string) => string)) => Promise<void>

const play = async (
  world: CoreWorld,
  listener: Listener,
  scenario: Scenario,
  name: string,
  configure: Configure,
): Promise<void> => {
  const { way, playbook, shape } = scenario
  beIll(world, name, scenario)
  const runId = await queue(world, name, playbook)
  if (way.kind === 'short') await budget(world, runId, way.budgetMs)
  if (way.kind === 'dies' && way.after === 'abandoned') await budget(world, runId, abandonedBudgetMs)
  const heardOf = await listener.run(runId, { service: name, shape, way: inWords(scenario) })
  if (way.kind === 'blocked') await block(world, runId, name, way.by, configure)
  await carryOn(world, heardOf.checkpoint, runId, way)
  await heardOf.end()
  if ((await world.run(runId)).status === 'unknown') await undo(world, listener, scenario, name, runId)
}

/** A run that ended unknown is undone by a run of its own where it can be, and that is recorded as well. */
const undo = async (
  world: CoreWorld,
  listener: Listener,
  scenario: Scenario,
  name: string,
  runId: string,
): Promise<void> => {
  const answer = await resolveRun(world.app, await world.caller('Abe', ['approver']), {
    runId,
    resolution: 'undo',
    note: 'nobody knows, put it back',
  })
  if (isRejection(answer) || answer.undoneBy === null) return
  world.estate.of(name).tells = true
  const way = { kind: 'dies', at: ['run_claimed'], after: 'goes_on' } as const
  const about = { service: name, shape: scenario.shape, way: `undoes ${runId}; dies at run_claimed` }
  const heardOf = await listener.run(answer.undoneBy, about)
  await carryOn(world, heardOf.checkpoint, answer.undoneBy, way)
  await heardOf.end()
}

const never = <T>(): Promise<T> => new Promise(() => undefined)

const beIll = (world: CoreWorld, name: string, { heals, ill }: Scenario): void => {
  const service = world.estate.of(name)
  service.heals = heals
  if (ill === null) return
  const meant = (key: string) => key.endsWith(ill.key)
  service.beforeEffect = async (_action, key) => {
    if (meant(key) && ill.how === 'hangs_before') return never()
    return meant(key) && ill.how === 'refuses' ? 500 : 200
  }
  service.beforeAnswer = async (_action, key) =>
    meant(key) && ill.how === 'hangs_after' ? never() : undefined
}

const queue = async (world: CoreWorld, name: string, playbook: string): Promise<string> => {
  const incidentId = await world.proposed(name)
  const ada = await world.caller('Ada', ['responder', 'approver'])
  const asked: unknown = await requestRun(world.app, ada, await world.proposalOf(incidentId, playbook))
  if (isRejection(asked)) throw new Error(asked.detail)
  const { runId, requestId } = asked as { runId: string; requestId: string | null }
  for (const person of ['Chloe', 'Dora', 'Emil']) {
    if (requestId === null || (await world.run(runId)).status !== 'pending_approval') break
    const caller = await world.caller(person, ['approver', 'admin'])
    const decided = await decideApproval(world.app, caller, { requestId, decision: 'approve', reason: '' })
    if (isRejection(decided)) throw new Error(decided.detail)
  }
  return runId
}

const abandonedBudgetMs = 60_000
/** Within the 2 s that are kept back for the last undoing at least. */
const whenAbandonedMs = 58_300

const carryOn = async (
  world: CoreWorld,
  checkpoint: (name: string) => Promise<void>,
  runId: string,
  way: Way,
): Promise<void> => {
  const points = way.kind === 'dies' ? [...way.at] : []
  const app = {
    ...world.app,
    checkpoint: async (name: string) => {
      await checkpoint(name)
      if (points[0] === name) {
        points.shift()
        throw new Died(name)
      }
      if (way.kind === 'canceled' && way.at === name) await cancel(world, runId)
      if (way.kind === 'stopped' && way.at === name) await govern(world, true)
    },
  }
  const perform = async (): Promise<boolean> => {
    try {
      await performRun(app, testTenant, runId)
      return false
    } catch (error) {
      if (!(error instanceof Died)) throw error
      return true
    }
  }
  const overdue = async () => {
    world.shift((await world.run(runId)).budget_ms + 3_000)
    await endOverdueRuns(app, async () => 'gone')
  }
  while (await perform()) {
    if (points.length > 0 || way.kind !== 'dies') {
      world.shift(afterTheLeaseMs)
      continue
    }
    switch (way.after) {
      case 'canceled':
        await cancel(world, runId)
        break
      case 'abandoned':
        world.shift(whenAbandonedMs)
        await undoAbandonedRuns(app)
        break
      case 'overdue':
        await overdue()
        break
      case 'overdue_at_claim':
        world.shift((await world.run(runId)).budget_ms)
        break
      case 'goes_on':
        break
    }
    world.shift(afterTheLeaseMs)
  }
  if (!isTerminal((await world.run(runId)).status)) await overdue()
}

const cancel = async (world: CoreWorld, runId: string): Promise<void> => {
  await cancelRun(world.app, await world.caller('Ada', ['responder', 'approver']), runId)
}

const budget = (world: CoreWorld, runId: string, ms: number) =>
  world.read((tx) => tx.db.updateTable('run').set({ budget_ms: ms }).where('id', '=', runId).execute())

const govern = (world: CoreWorld, stop: boolean) =>
  world.read((tx) => tx.db.updateTable('governance').set({ emergency_stop: stop }).execute())

const permitTtlMs = 1_800_000

const block = async (
  world: CoreWorld,
  runId: string,
  name: string,
  by: Extract<Way, { kind: 'blocked' }>['by'],
  configure: Configure,
): Promise<void> => {
  switch (by) {
    case 'permit_expired':
      return world.shift(permitTtlMs)
    case 'playbook_changed':
      return configure('playbook')
    case 'target_changed':
      return configure((text) => text.replaceAll(`/${name}/act/`, `/${name}/does/`))
    case 'target_gone':
      return configure((text) => text.replaceAll(`name: test/${name}-`, `name: other/${name}-`))
    case 'resolved':
      return world.resolve(name)
    case 'stopped':
      await govern(world, true)
      return
    case 'approver_fell':
      await world.caller('Chloe', ['viewer'])
      return
    case 'canceled':
      return cancel(world, runId)
  }
}
