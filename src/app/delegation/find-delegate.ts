import { type PersonKind, sutureItself } from '../../domain/person.ts'
import { type Rejection, reject } from '../../domain/rejection.ts'
import type { Tx } from '../../storage/database.ts'

/** `person_bea`, `Bea`, `@bea`, or as a chat writes a mention: `<@U123>`. Two of one name are told apart by their ids. */
export const findDelegate = async (
  tx: Tx,
  typed: string,
): Promise<{ readonly id: string; readonly name: string; readonly kind: PersonKind } | Rejection> => {
  const account = /^<@!?([A-Z0-9]{1,40})(?:\|[^>]*)?>$/i.exec(typed)?.[1]
  const bare = typed.replace(/^@/, '').trim()
  const people = tx.db
    .selectFrom('person')
    .select(['person.id', 'person.name', 'person.kind'])
    .where('person.tenant_id', '=', tx.tenantId)
    .where('person.id', '<>', sutureItself)
    .where('person.disabled_at', 'is', null)
  const found = await (account === undefined
    ? people.where((eb) =>
        eb.or([eb('person.id', '=', bare), eb(eb.fn('lower', ['person.name']), '=', bare.toLowerCase())]),
      )
    : people.where('person.id', 'in', (linked) =>
        linked
          .selectFrom('identity')
          .select('identity.person_id')
          .where('identity.tenant_id', '=', tx.tenantId)
          .where('identity.unlinked_at', 'is', null)
          .where('identity.external_id', 'like', `%:${account}`),
      )
  )
    .orderBy('person.id')
    .limit(3)
    .execute()
  const [one, other] = found
  if (one !== undefined && other === undefined) return one
  const facts = { facts: { field: 'to' } }
  return one === undefined
    ? reject(
        'not_found',
        `Nobody here is called “${bare}”.`,
        'Name somebody as the list of people has them, or mention somebody whose account is linked.',
        facts,
      )
    : reject(
        'invalid',
        `Several people are called “${bare}”.`,
        `Name one by the id: ${found.map(({ id }) => id).join(', ')}.`,
        facts,
      )
}
