import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeYamlProblem, readYamlFile } from '../../../src/app/read-yaml.ts'
import { actionCatalogue } from '../../../src/domain/actions/index.ts'
import type { Hypothesis, TriageCode } from '../../../src/domain/diagnosis.ts'
import { Playbook } from '../../../src/domain/playbook.ts'
import { playbookReader } from '../../../src/domain/read-playbook.ts'
import { Service } from '../../../src/domain/service.ts'

const folder = join(import.meta.dirname, '../../../playbooks')

export const playbookFiles = (): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()

export const readBuiltIn = (name: string): Playbook => {
  const reading = readYamlFile(
    readFileSync(join(folder, name), 'utf8'),
    name,
    playbookReader(actionCatalogue),
    { plain: true },
  )
  if (!reading.ok) throw new Error(reading.problems.map(describeYamlProblem).join('\n'))
  return reading.value
}

export const builtIn = (): Playbook[] => playbookFiles().map(readBuiltIn)

type PlaybookInput = Parameters<typeof Playbook.parse>[0]

/** A small valid playbook; `over` is in the notation of files. */
export const aPlaybook = (over: Record<string, unknown> = {}): Playbook =>
  Playbook.parse({
    name: 'restart',
    version: 1,
    title: 'Restart',
    description: 'Restarts.',
    impact: 'low',
    diagnoses: ['service_down'],
    steps: [{ id: 'restart', action: 'restart_service' }],
    verify: { check: 'http_probe' },
    ...over,
  } satisfies PlaybookInput)

export const aHypothesis = (code: TriageCode, over: Partial<Hypothesis> = {}): Hypothesis => ({
  code,
  likelihood: 1,
  evidenceFor: [],
  evidenceAgainst: [],
  hints: {},
  ...over,
})

const everyAction = Object.fromEntries(
  Object.values(actionCatalogue)
    .filter((action) => action.effect === 'changes_target')
    .map((action) => [action.name, { url: `http://127.0.0.1:9/${action.name}` }]),
)

export const aTarget = (name: string, actions: readonly string[] = Object.keys(everyAction)) => ({
  name,
  kind: 'http' as const,
  actions: Object.fromEntries(
    actions.map((action) => [action, everyAction[action] ?? { url: 'http://127.0.0.1:9/' }]),
  ),
})

export const aService = (over: Record<string, unknown> = {}): Service =>
  Service.parse({ name: 'checkout', targets: [aTarget('checkout')], ...over })
