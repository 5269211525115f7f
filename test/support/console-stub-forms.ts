import { stubFreezes } from './console-stub-calendar.ts'
import { people, ref } from './console-stub-data.ts'
import type { StubWorld } from './console-stub-world.ts'

/** The forms of `/v1/forms`, and what comes of sending them by `/v1/clicks`. */

const field = (
  name: string,
  label: string,
  value: string,
  kind: object = { is: 'text', maxLength: 300 },
) => ({
  name,
  label,
  hint: `What ${label.toLowerCase()} takes.`,
  value,
  kind,
})
const choice = (values: readonly string[]) => ({
  is: 'choice',
  options: values.map((value) => ({ value, label: value })),
})
const fields = {
  freeze: [
    field('what', 'What', 'all', choice(['all', 'checkout', 'payments'])),
    field('until', 'Until', '2h'),
    field('reason', 'Why', ''),
  ],
  mode: [
    field(
      'for',
      'For',
      'all services',
      choice(['all services', 'service checkout', 'playbook restart-service']),
    ),
    field('mode', 'Mode', 'approve', choice(['observe', 'propose', 'approve', 'auto', 'default'])),
  ],
}

const mayFill = ({ me }: StubWorld, name: string): boolean =>
  [...(me?.roles ?? [])].some(
    (role: string) => role === 'admin' || (role === 'override' && name === 'freeze'),
  )

export const stubForm = (world: StubWorld, name: string) => ({
  token: `form-${name}`,
  prompt:
    (name === 'freeze' || name === 'mode') && mayFill(world, name)
      ? { title: `A form: ${name}`, label: name, required: true, about: 'It is kept.', fields: fields[name] }
      : null,
})

interface Sent {
  readonly token: string
  readonly answers?: Readonly<Record<string, string>>
}

/** By their tokens. */
export const stubForms: ReadonlySet<string> = new Set(['form-freeze', 'form-mode'])

export const stubSendForm = (world: StubWorld, body: unknown): object => {
  const { token, answers = {} } = body as Sent
  const name = token.slice('form-'.length)
  const refused = { done: false, code: 'invalid', title: 'Not valid' }
  const done = { done: true, remedy: '', code: '' }
  if (!mayFill(world, name))
    return {
      ...refused,
      code: 'forbidden',
      title: 'Not allowed',
      message: `${world.me?.name} may neither set nor lift a freeze.`,
      remedy: 'Ask someone with the role admin or override.',
    }
  if (name === 'freeze') {
    const [status, made] = stubFreezes(world, 'POST', '', answers)
    const { detail, remedy, what } = made as Record<string, string>
    return status === 201
      ? { ...done, title: `Frozen: ${what}`, message: 'Nothing begins on it until then.' }
      : { ...refused, message: detail, remedy, problems: { until: `${detail} ${remedy}` } }
  }
  const [scope = '', service = ''] = (answers['for'] ?? '').split(' ')
  world.modes = world.modes.filter((each) => !(each.scope === scope && each.name === service))
  world.modes.push({
    scope,
    name: service,
    mode: answers['mode'] ?? '',
    setBy: ref(people.dan),
    setAt: new Date().toISOString(),
    inForce: true,
  })
  return { ...done, title: `Mode ${answers['mode']} is set for ${service}`, message: 'It holds there.' }
}
