import type { Action, ParameterSpec } from '../src/domain/action.ts'

/** The catalogue of actions as a table: one row an action. */
export function renderActions(actions: readonly Action[]): string {
  const rows = actions.map(
    ({ name, title, impact, parameters, undoneBy, reversibility, probe }) =>
      `| \`${name}\` | ${title} | ${impact} | ${boundsOf(parameters)} | ${
        undoneBy === null ? unlessInverse[reversibility] : `\`${undoneBy}\``
      } | ${probe === 'target' ? 'yes' : 'nothing changes'} |`,
  )
  return [
    '| Action | Does | Impact | Parameters | Undone by | Target is asked after a crash |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

const unlessInverse = { inverse: '', none: "can't be undone", not_needed: 'not needed' } as const

const boundsOf = (parameters: Action['parameters']): string =>
  Object.entries(parameters)
    .map(([name, spec]) => `\`${name}\`: ${bounds(spec)}`)
    .join('; ')

function bounds(spec: ParameterSpec): string {
  switch (spec.type) {
    case 'integer':
      return `${spec.min} to ${spec.max}${spec.except === undefined ? '' : `, not ${spec.except.join(', ')}`}${otherwise(spec.default)}`
    case 'string':
      return `text, at most ${spec.maxLength} characters${otherwise(spec.default)}`
    case 'choice':
      return `${spec.values.join(', ')}${otherwise(spec.default)}`
    case 'boolean':
      return `true or false${otherwise(spec.default)}`
  }
}

const otherwise = (value: string | number | boolean | undefined): string =>
  value === undefined ? '' : ` [${String(value)}]`
