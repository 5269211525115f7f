import type { Owner } from '../../message/owner-words.ts'
import type { Tx } from '../../storage/database.ts'
import { enabledPeople } from '../../storage/people.repository.ts'
import type { App } from '../app.ts'

/** What the catalogue says of a service that nobody owns. */
const nobody = 'unowned'

/**
 * Who stands behind the owners that a catalogue names: the people of the policy's group of that name, or the one person who
 * has that id or, as nobody else, that name. Others keep their name alone. Each owner once, in the order given.
 */
export const ownersOf = async (
  app: App,
  tx: Tx,
  owners: readonly string[],
): Promise<(owners: readonly string[]) => readonly Owner[]> => {
  const { groups } = (await app.configuration.of(tx.tenantId)).policy.document
  const named = [...new Set(owners)].filter((owner) => owner !== nobody)
  const groupOf = (owner: string) => (Object.hasOwn(groups, owner) ? groups[owner] : undefined)
  const ids = named.flatMap((owner) => groupOf(owner) ?? [owner])
  const people = named.length === 0 ? [] : await enabledPeople(tx, { ids, names: named })
  const ownerOf = (name: string): Owner => {
    const group = groupOf(name)
    if (group !== undefined)
      return { name, group: true, people: people.filter(({ id }) => group.includes(id)) }
    const byId = people.filter(({ id }) => id === name)
    const byName = people.filter((each) => each.name.toLowerCase() === name.toLowerCase())
    return { name, group: false, people: byId.length === 1 ? byId : byName.length === 1 ? byName : [] }
  }
  return (some) => named.filter((owner) => some.includes(owner)).map(ownerOf)
}
