import fc from 'fast-check'
import { endOverdue, type Move, nextMove, type RunFacts } from '../../src/domain/next-move.ts'
import { isActive, isTerminal, type RunStatus } from '../../src/domain/run.ts'

/**
 * Two runs on one target, three workers and a watchdog, as the commits of src/app/run leave them: everything between two
 * commits is one command, so that any order of them, crashes included, can be tried in memory.
 */

const workerIds = [0, 1, 2] as const
const runIds = [0, 1] as const

export type Command =
  | { readonly do: 'claim'; readonly worker: number; readonly run: number }
  /** The worker's next commit or effect, whichever is due. */
  | { readonly do: 'go_on'; readonly worker: number }
  | { readonly do: 'crash'; readonly worker: number }
  | { readonly do: 'lease_ends' | 'cancel' | 'undo_begins' | 'deadline'; readonly run: number }
  /** People answer at the gate, if anybody is asked there. */
  | { readonly do: 'approve' | 'reject' }

const worker = fc.constantFrom(...workerIds)
const run = fc.constantFrom(...runIds)

export const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('claim' as const), worker, run }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('go_on' as const), worker }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('crash' as const), worker }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'lease_ends' as const,
        'cancel' as const,
        'undo_begins' as const,
        'deadline' as const,
      ),
      run,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('approve' as const, 'reject' as const) }) },
)

export interface ModelRun {
  status: RunStatus
  fence: number
  leased: boolean
  permit: 'none' | 'issued' | 'used'
  canceled: boolean
  undoing: boolean
  overdue: boolean
  /** As the rows say it; what a worker knows is a copy. */
  facts: RunFacts
  readonly moves: { readonly from: RunStatus; readonly to: RunStatus }[]
}

type Perform = Extract<Move, { do: 'perform' }>

interface ModelWorker {
  hold: { readonly run: number; readonly fence: number; facts: RunFacts } | null
  /** A step that is meant but not done, or done but without a stored result. */
  under: { readonly move: Perform; readonly acted: boolean; readonly failed: boolean } | null
}

export interface World {
  /** Whether the target can say if an effect happened. */
  readonly tells: boolean
  readonly heals: boolean
  /** Whether the two runs are the stages of one playbook, with a gate between them. */
  readonly gated: boolean
  /** The n-th effect fails without happening; 0 for none. */
  readonly fails: number
}

const units = [
  { id: 'one', title: 'one', canUndo: true, hasCheck: false },
  { id: 'two', title: 'two', canUndo: false, hasCheck: true },
  { id: 'three', title: 'three', canUndo: true, hasCheck: false },
]

export const createRunModel = (world: World) => {
  const runs: ModelRun[] = runIds.map((id) => ({
    status: world.gated && id === 1 ? 'pending_approval' : 'queued',
    fence: 0,
    leased: false,
    permit: world.gated && id === 1 ? 'none' : 'issued',
    canceled: false,
    undoing: false,
    overdue: false,
    facts: {
      status: 'running',
      cause: null,
      reason: '',
      units: world.gated ? (id === 0 ? units.slice(0, 2) : units.slice(2)) : units,
      lastStage: !world.gated || id === 1,
      steps: [],
      stopped: null,
      recovery: null,
      resumed: false,
      service: 'checkout',
    },
    moves: [],
  }))
  const workers: ModelWorker[] = workerIds.map(() => ({ hold: null, under: null }))
  const effects = new Map<string, number>()
  const violations: string[] = []
  let lock: number | null = null
  let asked = false
  let tried = 0

  const at = <T>(all: readonly T[], index: number): T => {
    const found = all[index]
    if (found === undefined) throw new Error(`the model has no ${index}`)
    return found
  }
  const moveTo = (run: ModelRun, to: RunStatus): void => {
    run.moves.push({ from: run.status, to })
    if (isTerminal(run.status)) violations.push(`left its end ${run.status} for ${to}`)
    run.status = to
    if (to === 'running' || to === 'verifying' || to === 'rolling_back')
      run.facts = { ...run.facts, status: to }
  }
  const finish = (index: number, to: RunStatus): void => {
    const run = at(runs, index)
    moveTo(run, to)
    run.leased = false
    if (to !== 'unknown' && lock === index) lock = null
    if (!world.gated || index !== 0) return
    // In the same commit: the next stage is asked for where this one is done, and never comes where it is not.
    if (to === 'succeeded') asked = true
    else finish(1, 'canceled')
  }
  const answer = (what: 'approve' | 'reject'): void => {
    const next = at(runs, 1)
    if (!asked || next.status !== 'pending_approval') return
    if (what === 'reject') return finish(1, 'canceled')
    next.permit = 'issued'
    moveTo(next, 'queued')
  }
  const stoppedOf = (run: ModelRun) =>
    run.canceled ? ('canceled' as const) : run.undoing ? ('timed_out' as const) : null

  const claim = (worker: ModelWorker, index: number): void => {
    const run = at(runs, index)
    if (worker.hold !== null || isTerminal(run.status) || run.status === 'pending_approval') return
    if (run.status === 'queued') {
      if (run.permit !== 'issued' || lock !== null) return
      if (run.canceled) return finish(index, 'canceled')
      lock = index
      run.permit = 'used'
      moveTo(run, 'running')
    } else if (run.leased) return
    else {
      if (run.overdue) return finish(index, endOverdue(run.facts, 1_000).status)
      run.facts = { ...run.facts, resumed: true }
    }
    if (lock !== index) violations.push(`run ${index} is worked on without its lock`)
    run.fence += 1
    run.leased = true
    worker.hold = { run: index, fence: run.fence, facts: run.facts }
    worker.under = null
  }

  const act = (run: ModelRun, index: number, fence: number, move: Perform): { done: boolean } => {
    // Asked immediately before acting: a worker whose lease is over does nothing.
    if (!run.leased || run.fence !== fence) return { done: false }
    tried += 1
    if (tried === world.fails) return { done: false }
    const key = `${index}.${move.stepId}.${move.phase}`
    if (world.gated && index === 1 && at(runs, 0).status !== 'succeeded')
      violations.push(`${key} happened although the stage before is ${at(runs, 0).status}`)
    effects.set(key, (effects.get(key) ?? 0) + 1)
    return { done: true }
  }

  const store = (run: ModelRun, change: (facts: RunFacts) => RunFacts): RunFacts =>
    (run.facts = change(run.facts))
  const withStep =
    (stepId: string, phase: 'action' | 'rollback' | 'verify', status: RunFacts['steps'][number]['status']) =>
    (facts: RunFacts): RunFacts => ({
      ...facts,
      steps: [
        ...facts.steps.filter((step) => step.stepId !== stepId || step.phase !== phase),
        { stepId, phase, status },
      ],
    })

  const goOn = (worker: ModelWorker): void => {
    const { hold } = worker
    if (hold === null) return
    const run = at(runs, hold.run)
    const lost = run.fence !== hold.fence || !isActive(run.status)
    if (worker.under !== null) {
      const { move, acted, failed } = worker.under
      if (!acted) {
        const { done } = act(run, hold.run, hold.fence, move)
        worker.under = { move, acted: true, failed: !done }
        return
      }
      worker.under = null
      if (lost) worker.hold = null
      else hold.facts = store(run, withStep(move.stepId, move.phase, failed ? 'failed' : 'succeeded'))
      return
    }
    if (lost || !run.leased) {
      worker.hold = null
      return
    }
    const move = nextMove({ ...hold.facts, stopped: stoppedOf(run) })
    switch (move.do) {
      case 'perform':
        store(run, withStep(move.stepId, move.phase, 'intent'))
        worker.under = { move, acted: false, failed: false }
        return
      case 'ask_target': {
        const happened = effects.has(`${hold.run}.${move.stepId}.${move.phase}`)
        if (world.tells && !happened)
          hold.facts = {
            ...hold.facts,
            steps: hold.facts.steps.filter(
              (step) => step.stepId !== move.stepId || step.phase !== move.phase,
            ),
          }
        else hold.facts = store(run, withStep(move.stepId, move.phase, world.tells ? 'succeeded' : 'unknown'))
        return
      }
      case 'check':
        hold.facts = store(run, withStep(`${move.stepId}.check`, 'verify', 'succeeded'))
        return
      case 'begin_verification':
        moveTo(run, 'verifying')
        hold.facts = { ...hold.facts, status: 'verifying' }
        return
      case 'verify':
        hold.facts = { ...hold.facts, recovery: world.heals ? 'recovered' : 'not_recovered' }
        return
      case 'begin_rollback':
        moveTo(run, 'rolling_back')
        hold.facts = store(run, (facts) => ({ ...facts, cause: move.cause, reason: move.reason }))
        return
      case 'end':
        finish(hold.run, move.status)
        worker.hold = null
    }
  }

  const carryOut = (command: Command): void => {
    switch (command.do) {
      case 'claim':
        return claim(at(workers, command.worker), command.run)
      case 'go_on':
        return goOn(at(workers, command.worker))
      case 'crash':
        Object.assign(at(workers, command.worker), { hold: null, under: null })
        return
      case 'lease_ends':
        at(runs, command.run).leased = false
        return
      case 'cancel':
        at(runs, command.run).canceled = true
        return
      case 'undo_begins':
        at(runs, command.run).undoing = true
        return
      case 'approve':
      case 'reject':
        return answer(command.do)
      case 'deadline':
        Object.assign(at(runs, command.run), { undoing: true, overdue: true })
    }
  }

  return {
    carryOut,
    runs: () => runs,
    violations: () => [
      ...violations,
      ...[...effects]
        .filter(([, count]) => count > 1)
        .map(([key, count]) => `${key} happened ${count} times`),
    ],
    /** Leases run out, a person lets go of an unknown run's lock, and a fresh worker works until nothing is left. */
    letEverythingEnd: () => {
      for (let turn = 0; turn < 200; turn++) {
        const index = runs.findIndex((each) => !isTerminal(each.status))
        if (index < 0) return
        // Nobody has answered at the gate: the request expires.
        if (at(runs, index).status === 'pending_approval') {
          finish(index, 'canceled')
          continue
        }
        if (lock !== null && at(runs, lock).status === 'unknown') lock = null
        const next = lock ?? index
        at(runs, next).leased = false
        const fresh: ModelWorker = { hold: null, under: null }
        claim(fresh, next)
        for (let step = 0; step < 60 && fresh.hold !== null; step++) goOn(fresh)
      }
    },
  }
}
