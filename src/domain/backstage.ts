import { z } from 'zod'
import { parseDuration } from './duration.ts'
import { type FileProblem, type Reading, readWith } from './reading.ts'
import { Service } from './service.ts'

/**
 * A Backstage `Component` as a service. Name, title, description, owner and dependencies come from the entity; what Backstage
 * has no word for comes from `suture/*` annotations, which are text: lists are parted by commas, `suture/metrics` and
 * `suture/targets` are JSON.
 */

const Component = z.looseObject({
  apiVersion: z.string().regex(/^backstage\.io\//),
  kind: z.literal('Component'),
  metadata: z.looseObject({
    name: z.string(),
    title: z.string().optional(),
    description: z.string().optional(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.looseObject({ owner: z.string().optional(), dependsOn: z.array(z.string()).optional() }).optional(),
})

const annotations = [
  'time-zone',
  'channels',
  'aliases',
  'probe-url',
  'probe-timeout',
  'metrics',
  'targets',
] as const
type Annotation = (typeof annotations)[number]

/** True for every Backstage entity, of whatever kind; only Components are services. */
export const isBackstageEntity = (input: unknown): input is { kind: unknown } =>
  typeof input === 'object' &&
  input !== null &&
  'apiVersion' in input &&
  typeof input.apiVersion === 'string' &&
  input.apiVersion.startsWith('backstage.io/') &&
  'kind' in input

export const readBackstageComponent = (input: unknown): Reading<Service> => {
  const component = readWith(Component)(input)
  if (!component.ok) return component
  const { metadata, spec } = component.value
  const given = (name: Annotation): string | undefined => {
    const key = `suture/${name}`
    return Object.hasOwn(metadata.annotations, key) ? metadata.annotations[key] : undefined
  }
  const targets = readJson('targets', given('targets'))
  const metrics = readJson('metrics', given('metrics'))
  const problems = [
    ...unknownAnnotations(metadata.annotations),
    ...targets.problems,
    ...metrics.problems,
    ...probeProblems(given),
  ]
  const service = readWith(Service)({
    name: metadata.name,
    ...optional('title', metadata.title),
    ...optional('description', metadata.description),
    ...optional('owner', spec?.owner === undefined ? undefined : nameOf(spec.owner)),
    ...optional('timeZone', given('time-zone')),
    dependsOn: (spec?.dependsOn ?? []).filter(isComponent).map(nameOf),
    ...optional('channels', listOf(given('channels'))),
    ...optional('aliases', listOf(given('aliases'))),
    ...optional('probe', probeOf(given)),
    ...optional('metrics', metrics.value),
    ...optional('targets', targets.value),
  })
  if (!service.ok) problems.push(...service.problems.map(serviceFieldPath))
  return service.ok && problems.length === 0 ? service : { ok: false, problems }
}

const optional = <T>(name: string, value: T | undefined): Record<string, T> =>
  value === undefined ? {} : { [name]: value }

const listOf = (text: string | undefined): string[] | undefined =>
  text
    ?.split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')

/** `component:default/payments` and `payments` name the same thing. */
const nameOf = (reference: string): string => reference.replace(/^[^:]*:/, '').replace(/^[^/]*\//, '')

/** Resources and systems are no services; a reference without a kind means a Component. */
const isComponent = (reference: string): boolean =>
  !reference.includes(':') || reference.toLowerCase().startsWith('component:')

const probeOf = (given: (name: Annotation) => string | undefined): Record<string, string> | undefined => {
  const url = given('probe-url')
  return url === undefined ? undefined : { url, ...optional('timeout', given('probe-timeout')) }
}

const probeProblems = (given: (name: Annotation) => string | undefined): FileProblem[] => {
  const timeout = given('probe-timeout')
  if (timeout === undefined || given('probe-url') !== undefined) return []
  return [
    {
      path: ['metadata', 'annotations', 'suture/probe-timeout'],
      problem:
        parseDuration(timeout) === null
          ? `${JSON.stringify(timeout)} is no duration`
          : 'there is no probe to time out',
      remedy: 'Add suture/probe-url, or remove it.',
    },
  ]
}

const jsonAnnotations = { targets: 'a JSON list of targets', metrics: 'a JSON object of queries' } as const

const readJson = (
  name: keyof typeof jsonAnnotations,
  text: string | undefined,
): { value: unknown; problems: FileProblem[] } => {
  if (text === undefined) return { value: undefined, problems: [] }
  try {
    return { value: JSON.parse(text), problems: [] }
  } catch {
    return {
      value: undefined,
      problems: [
        {
          path: ['metadata', 'annotations', `suture/${name}`],
          problem: `expected ${jsonAnnotations[name]}, found text that is no JSON`,
          remedy: `Write the ${name} of the plain form as JSON.`,
        },
      ],
    }
  }
}

const unknownAnnotations = (given: Readonly<Record<string, string>>): FileProblem[] =>
  Object.keys(given)
    .filter((key) => key.startsWith('suture/') && !(annotations as readonly string[]).includes(key.slice(7)))
    .map((key) => ({
      path: ['metadata', 'annotations', key],
      problem: `unknown annotation ${key}`,
      remedy: `Use one of ${annotations.map((name) => `suture/${name}`).join(', ')}.`,
    }))

const annotationOf: Readonly<Record<string, Annotation>> = {
  timeZone: 'time-zone',
  channels: 'channels',
  aliases: 'aliases',
  metrics: 'metrics',
  targets: 'targets',
}

/** From the service's field back to where the entity says it. */
export const serviceFieldPath = (problem: FileProblem): FileProblem => {
  const [field, ...rest] = problem.path
  if (field === 'probe')
    return {
      ...problem,
      path: ['metadata', 'annotations', rest[0] === 'timeout' ? 'suture/probe-timeout' : 'suture/probe-url'],
    }
  const annotation = typeof field === 'string' ? annotationOf[field] : undefined
  if (annotation !== undefined) {
    const inside = pathSuffix(rest)
    return {
      ...problem,
      path: ['metadata', 'annotations', `suture/${annotation}`],
      problem: inside === '' ? problem.problem : `${inside}: ${problem.problem}`,
    }
  }
  if (field === 'owner' || field === 'dependsOn') return { ...problem, path: ['spec', field, ...rest] }
  return { ...problem, path: ['metadata', ...problem.path] }
}

const pathSuffix = (rest: readonly (string | number)[]): string => rest.join('.')
