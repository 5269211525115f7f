import { hash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { configurationOf } from '../../src/app/configuration/cache.ts'
import { parseFiles } from '../../src/app/configuration/parse-files.ts'
import { digestOf } from '../../src/app/digest.ts'
import { unitsOf } from '../../src/app/run/unit.ts'
import { targetsDigest } from '../../src/app/targets-digest.ts'
import { refusePermit } from '../../src/domain/permit.ts'
import { defaultPolicy } from '../../src/domain/policy/document.ts'
import { evaluatePolicy } from '../../src/domain/policy/evaluate.ts'
import { nothingKnown } from '../../src/domain/policy/facts.ts'
import { isTerminal, runStatuses } from '../../src/domain/run.ts'
import { effectKey, stepPhases } from '../../src/domain/step.ts'
import { hear } from '../support/record-histories-ears.ts'
import {
  decideAgain,
  decidedAt,
  moveInWords,
  plannedIn,
  sentenceOf,
  verdictInWords,
} from './run-histories.decide.ts'
import { bindingOf, permitFrom, policyFactsAgain, startAgain } from './run-histories.starts.ts'
import { type Histories, nameOf, readHistories } from './run-histories.ts'

/**
 * Each recording seals all lines up to its last one. Lines are added, never rewritten: they are what older versions of Suture
 * have left in databases, and what does not agree with them changes runs in flight.
 */
const sealed: readonly { readonly lines: number; readonly sha256: string }[] = [
  { lines: 409, sha256: '9fe36f4320291c58c9bdb883ce25297d9c90e1b90f3ca5870ff543444387a282' },
  // Proposals say their calls, one a target.
  { lines: 437, sha256: '3e95d941753f839d1e4430c227adac07016479cbef6510b9ea7ae48e5d3d9a9b' },
]

const runBudgetMs = 600_000

const decisions = [
  /^perform \S+ action$/,
  /^perform \S+ rollback$/,
  /^ask_target \S+ action$/,
  /^ask_target \S+ rollback$/,
  /^check /,
  /^begin_verification$/,
  /^verify$/,
  /^begin_rollback failed$/,
  /^begin_rollback timed_out$/,
  /^begin_rollback canceled$/,
  /^begin_rollback not_recovered$/,
  /^end succeeded - recovered$/,
  /^end failed not_measured /,
  /^end unknown lost_worker /,
]

const sealOf = (lines: readonly string[]): string => hash('sha256', lines.join('\n'), 'hex')

/** Performs runs and adds them to the file; see CONTRIBUTING.md. */
const record = async (count: string): Promise<void> => {
  if (!/^[1-9]\d*$/.test(count))
    throw new Error(`RECORD_HISTORIES says how many runs to record, such as 50; found ${count}`)
  const heard = hear()
  // Loaded only now: what was loaded before the ears are in place can't be heard.
  const { recordHistories } = await import('../support/record-histories.ts')
  await recordHistories(heard, Number(count))
}

const runsOf = (histories: Histories) =>
  histories.runs.map((history) => {
    const name = nameOf(history)
    const loaded = histories.playbooks.get(history.playbook)
    const proposal = histories.proposals.get(history.proposal)
    const service = histories.services.get(name)
    if (loaded === undefined || proposal === undefined || service === undefined)
      throw new Error(`${name} lacks its playbook, its proposal or its service`)
    const units = unitsOf(loaded.body, proposal, service.body)
    return { history, name, playbook: loaded.body, proposal, service, units }
  })
type Replayed = ReturnType<typeof runsOf>[number]

const noPolicy = { document: defaultPolicy, digest: '' }

describe('runs that an older build began', () => {
  let histories: Histories
  let runs: Replayed[]
  beforeAll(async () => {
    const { RECORD_HISTORIES: count } = process.env
    if (count !== undefined) await record(count)
    histories = readHistories()
    runs = runsOf(histories)
  }, 3_600_000)

  /** Compares for every run what was with what is, and names each that differs. */
  const same = (
    compare: (run: Replayed) => readonly (readonly [what: string, was: unknown, is: unknown])[],
  ) => {
    let compared = 0
    const differing = runs.flatMap((run) =>
      compare(run).flatMap(([what, was, is]) => {
        compared++
        const [before, now] = [asStored(was), asStored(is)]
        return isDeepStrictEqual(before, now)
          ? []
          : [`${run.name}, ${what}: was ${JSON.stringify(before)}, is ${JSON.stringify(now)}`]
      }),
    )
    expect(differing).toEqual([])
    expect(compared).toBeGreaterThan(0)
  }

  it('R7 none of them was rewritten, and all are sealed', () => {
    for (const { lines, sha256 } of sealed) expect(sealOf(histories.lines.slice(0, lines))).toBe(sha256)
    const all = { lines: histories.lines.length, sha256: sealOf(histories.lines) }
    expect(sealed.at(-1), 'a recording is sealed by adding what was received here').toEqual(all)
  })

  it('R4 R7 R9 there are 200 of them, with every end, every kind of decision and every reason to refuse', () => {
    expect(runs.length).toBeGreaterThanOrEqual(200)
    const ends = new Set<string>(runs.map(({ history }) => history.end.status))
    expect(runStatuses.filter((status) => isTerminal(status) && !ends.has(status))).toEqual([])
    const made = runs.flatMap(({ history }) => history.made)
    expect(decisions.filter((kind) => !made.some(({ move }) => kind.test(move)))).toEqual([])
    expect(new Set(made.map(({ by }) => by))).toEqual(new Set(['worker', 'watchdog']))
    const starts = runs.flatMap(({ history }) => history.starts)
    const refusals = new Set(starts.map(({ refusal }) => refusal))
    expect(
      [null, 'permit', 'quorum', 'precondition', 'emergency_stop'].filter((code) => !refusals.has(code)),
    ).toEqual([])
    expect(starts.filter(({ undoOf }) => undoOf !== null).length).toBeGreaterThan(0)
    const says = runs.map(({ proposal }) => proposal.plan.some(({ calls }) => calls !== undefined))
    expect(new Set(says), 'proposals of before and since they say their calls').toEqual(
      new Set([true, false]),
    )
  })

  it('R7 the digests that people approved are the same, byte for byte', () => {
    same(({ history, proposal, playbook, service }) => [
      ['digest of the proposal', history.proposal, digestOf(proposal)],
      ['digest of the playbook', history.playbook, digestOf(playbook)],
      ['digest of the parameters', history.parametersDigest, digestOf(proposal.parameters)],
      [
        'digest of the targets',
        proposal.targetsDigest,
        targetsDigest(configurationOf({ services: [service.body] }, [], noPolicy, ''), proposal),
      ],
    ])
  })

  it('R7 R9 the files of then are read as they were, so that what was approved is still in force', () => {
    const worlds = Map.groupBy(runs, ({ history }) => history.world)
    const readAgain = new Map(
      [...worlds].map(([world, inIt]) => {
        const services = new Map(inIt.map(({ history, service }) => [history.service, service.text]))
        const parsed = parseFiles(
          {
            catalogue: { name: 'catalogue.yaml', text: `services:\n${[...services.values()].join('')}` },
            playbooks: [...new Set(inIt.map(({ history }) => history.playbook))].map((digest) => ({
              name: digest,
              text: histories.playbooks.get(digest)?.text ?? '',
            })),
            policy: null,
          },
          runBudgetMs,
        )
        if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 2))
        return [world, parsed.value]
      }),
    )
    same(({ history, proposal }) => {
      const files = readAgain.get(history.world)
      if (files === undefined) throw new Error(`no files of world ${history.world}`)
      const now = files.playbooks.find(({ source }) => source === history.playbook)
      return [
        ['digest of the playbook as its file says it', history.playbook, digestOf(now?.value ?? null)],
        [
          'digest of the targets as the catalogue says them',
          proposal.targetsDigest,
          targetsDigest(configurationOf(files.catalogue.value, [], noPolicy, ''), proposal),
        ],
      ]
    })
  })

  it('R7 an approved proposal resolves to the same calls on the same targets within the same times', () => {
    same(({ history, units }) => {
      const { units: now, reserveMs } = plannedIn(units, history.budgetMs)
      return [
        ['units', history.units, now],
        ['time kept back for the rollback', history.reserveMs, reserveMs],
      ]
    })
  })

  it('R7 targets are told the same effect keys, byte for byte', () => {
    same(({ history }) =>
      history.keys.map((told) => {
        const [step = '', phase = ''] = told.split(' ')
        const known = stepPhases.find((each) => each === phase)
        if (known === undefined) throw new Error(`${phase} is no phase of a step`)
        return [`key of ${step}`, told, `${step} ${phase} ${effectKey(history.run, step, known)}`]
      }),
    )
  })

  it('R4 R7 R9 whoever takes over between any two commits decides the same, whatever has happened', () => {
    same(({ history, units }) =>
      history.moments.map((moment) => {
        const now = decidedAt(moment, units, history.service, history.budgetMs)
        return [`at ${moment.at.join(', ')}`, { moves: moment.moves, overdue: moment.overdue }, now]
      }),
    )
  })

  it('R4 R7 what its workers and the watchdog decided would be decided again, about the same steps', () => {
    same(({ history, units }) =>
      history.made.flatMap((made) => {
        const now = decideAgain(made, units, history.service, history.budgetMs)
        const sentence = sentenceOf(now)
        return [
          [`after ${made.steps || 'nothing'}`, made.move, moveInWords(now)],
          // Wording may be bettered. That there is a reason, and which steps it names, may not change.
          [`reason “${made.sentence}”`, made.sentence !== '', sentence !== ''],
          [
            `steps in “${made.sentence}”`,
            true,
            quotedIn(made.sentence).every((title) => sentence.includes(title)),
          ],
        ]
      }),
    )
  })

  it('R9 policy says the same of a run that is about to begin: outcome, quorum, roles, codes', async () => {
    const again = new Map<string, unknown>()
    for (const run of runs)
      for (const [at, start] of run.history.starts.entries())
        if (start.policy !== null) again.set(`${run.name} ${at}`, await policyFactsAgain(run, start))
    same(({ history, name }) =>
      history.starts.flatMap((start, at) => {
        if (start.policy === null) return []
        const { facts, verdict } = start.policy
        const now = verdictInWords(
          evaluatePolicy({ ...nothingKnown, ...facts, now: Temporal.Instant.from(start.now) }),
        )
        return [
          ['verdict', verdict, now],
          ['facts', facts, again.get(`${name} ${at}`)],
        ]
      }),
    )
  })

  it('R7 R9 what was let begin would begin, and what was refused is refused under the same rule', async () => {
    const again = new Map<string, (string | null)[]>()
    for (const run of runs)
      again.set(run.name, await Promise.all(run.history.starts.map((start) => startAgain(run, start))))
    same(({ history, name }) => [['start', history.starts.map(({ refusal }) => refusal), again.get(name)]])
  })

  it('R7 a permit of then lets its own run begin, once and in time, and nothing that differs from it', () => {
    const permits = runs.flatMap((run) =>
      run.history.starts.flatMap(({ permit, refusal, now }) =>
        permit === null || refusal !== null
          ? []
          : [
              {
                name: run.name,
                permit: permitFrom(permit),
                own: bindingOf(run),
                now: Temporal.Instant.from(now),
              },
            ],
      ),
    )
    expect(permits.length).toBeGreaterThan(150)
    const letThrough = permits.flatMap(({ name, permit, own, now }) => {
      const others = [
        { permit, about: { ...own, runId: `${own.runId}0` }, now },
        { permit, about: { ...own, proposalDigest: digestOf('another') }, now },
        { permit, about: { ...own, playbookDigest: digestOf('another') }, now },
        { permit, about: { ...own, parametersDigest: digestOf('another') }, now },
        { permit, about: { ...own, targets: [...own.targets, 'test/another'] }, now },
        { permit, about: own, now: permit.expiresAt },
        { permit: { ...permit, status: 'used' as const }, about: own, now },
        { permit: { ...permit, status: 'revoked' as const }, about: own, now },
      ]
      return [
        ...(refusePermit(permit, own, now) === null ? [] : [`${name} is refused`]),
        ...others
          .filter((each) => refusePermit(each.permit, each.about, each.now) === null)
          .map((each) => `${name} lets ${JSON.stringify(each)} begin`),
      ]
    })
    expect(letThrough).toEqual([])
  })
})

const quotedIn = (sentence: string): string[] =>
  [...sentence.matchAll(/“([^”]+)”/g)].map(([, title = '']) => title)

/** As the file would hold it; the order of fields decides nothing. */
const asStored = (value: unknown): unknown => JSON.parse(JSON.stringify([value]))
