import { commandHelp } from '../src/domain/chat-command.ts'
import { type Role, roles } from '../src/domain/person.ts'
import { buttonRights } from '../src/domain/rights/buttons.ts'
import { commandRights } from '../src/domain/rights/commands.ts'
import { operationRights } from '../src/domain/rights/operations.ts'
import type { Right } from '../src/domain/rights/right.ts'
import { listedOperations } from './render-api.ts'

/** The three tables of `docs/permissions.md`: who may do what by HTTP, in a chat, and by a card's buttons. */
export const renderOperationRights = (): string =>
  table(
    'Operation',
    listedOperations().map(({ id, method, path }) => [
      `\`${method.toUpperCase()} ${path}\`<br>${id}`,
      operationRights[id],
    ]),
  )

export const renderCommandRights = (): string =>
  table(
    'Command',
    commandHelp.map(({ name, usage }) => [`\`/heal ${usage}\``, commandRights[name]]),
  )

export const renderButtonRights = (): string =>
  table(
    'Button',
    Object.entries(buttonRights).map(([name, right]) => [`\`${name}\``, right]),
  )

const table = (what: string, rows: readonly (readonly [string, Right | undefined])[]): string =>
  [
    `| ${what} | ${roles.join(' | ')} | service account | Scope | |`,
    `|---|${roles.map(() => ':-:|').join('')}:-:|---|---|`,
    ...rows.map(([name, right]) => rowOf(name, right)),
  ].join('\n')

const rowOf = (name: string, right: Right | undefined): string => {
  // A test fails by its name; whoever draws the docs meanwhile is not held up.
  if (right === undefined) return `| ${name} |${' ? |'.repeat(roles.length + 3)}`
  const cells = [
    name,
    ...roles.map((role) => (may(right, role) ? 'yes' : '–')),
    right.peopleOnly === true ? 'never' : 'by its roles',
    scopeOf(right),
    right.note ?? '',
  ]
  return `| ${cells.join(' | ')} |`
}

const may = ({ who }: Right, role: Role): boolean => typeof who === 'string' || who.includes(role)

const scopeOf = ({ who, scope, keyScope }: Right): string => {
  if (who === 'everybody') return 'none: open to all'
  if (scope === null) return 'none'
  return keyScope === undefined ? `\`${scope}\`` : `\`${scope}\`; a key also \`${keyScope}\``
}
