import type { Command } from 'commander'
import { scopes } from '../../src/domain/person.ts'
import { page } from '../../src/http/schemas/common.ts'
import { KeyCreated, KeyView } from '../../src/http/schemas/identity.ts'
import { keyId, someOf, wholeBetween } from '../arguments.ts'
import type { Open } from '../program.ts'
import { more } from '../tables.ts'
import { oneLine, table } from '../text.ts'
import { relative } from '../when.ts'

interface CreateOptions {
  readonly scopes: readonly string[]
  readonly expiresInDays?: number
  readonly person?: string
}

export const addKey = (program: Command, open: Open): void => {
  const key = program.command('key').description('list, create and revoke API keys')

  key
    .command('list', { isDefault: true })
    .description('your keys; for an admin, everybody’s')
    .option('--limit <count>', 'at most so many', wholeBetween(1, 200), 50)
    .option('--after <key>', 'go on after this key, as the page before gave it')
    .action(async ({ limit, after }: { limit: number; after?: string }, command: Command) => {
      const session = open(command)
      const { paint, now } = session
      const found = await session.client.get('/v1/keys', page(KeyView), { limit, after })
      session.show(found, () => [
        ...table(
          paint,
          ['ID', 'NAME', 'PERSON', 'SCOPES', 'CREATED', 'LAST USED', 'STATE'],
          found.items.map((each) => [
            each.id,
            each.name,
            each.person.name,
            each.scopes.join(','),
            relative(each.createdAt, now),
            each.lastUsedAt === null ? 'never' : relative(each.lastUsedAt, now),
            stateOf(each, now),
          ]),
        ),
        ...more(found.next),
      ])
    })

  key
    .command('create')
    .description('make a key; it is shown this once')
    .argument('<name>', 'what it is for, such as "deploy pipeline"')
    .requiredOption('--scopes <scopes>', `comma-separated: ${scopes.join(', ')}`, someOf(scopes))
    .option('--expires-in-days <days>', 'it opens nothing afterwards', wholeBetween(1, 3_650))
    .option('--person <id>', 'for somebody else; admins only')
    .action(
      async (name: string, { scopes: given, expiresInDays, person }: CreateOptions, command: Command) => {
        const session = open(command)
        const body = {
          name,
          scopes: given,
          ...(expiresInDays === undefined ? {} : { expiresInDays }),
          ...(person === undefined ? {} : { personId: person }),
        }
        const created = await session.client.post('/v1/keys', body, KeyCreated)
        session.show(created, () => [oneLine(created.key)])
        if (!session.json)
          session.note(
            `${created.id} was made for ${oneLine(created.person.name)}. This is the only time the key is shown: keep it safe now.`,
          )
      },
    )

  key
    .command('revoke')
    .description('end a key at once')
    .argument('<id>', 'as `suture key list` shows it', keyId)
    .action(async (id: string, _options: object, command: Command) => {
      const session = open(command)
      await session.client.remove(`/v1/keys/${id}`)
      session.show({ id, revoked: true }, () => [`${id} is revoked: it opens nothing any more.`])
    })
}

const stateOf = (
  { revokedAt, expiresAt }: { revokedAt: string | null; expiresAt: string | null },
  now: Temporal.Instant,
): string => {
  if (revokedAt !== null) return `revoked ${relative(revokedAt, now)}`
  if (expiresAt === null) return 'good'
  return Temporal.Instant.compare(Temporal.Instant.from(expiresAt), now) <= 0
    ? 'expired'
    : `expires ${relative(expiresAt, now)}`
}
