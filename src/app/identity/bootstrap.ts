import { type Person, sutureItself } from '../../domain/person.ts'
import type { App } from '../app.ts'
import { commit } from '../commit.ts'
import { insertKey } from './keys.ts'
import { insertPerson } from './people.ts'
import { labPersonas } from './personas.ts'

const suture: Person = { id: sutureItself, name: 'Suture', kind: 'service_account', roles: [] }
const admin: Person = { id: 'person_admin', name: 'Admin', kind: 'human', roles: ['admin'] }

/**
 * Gives a tenant what it needs to begin: governance, Suture itself and, in the lab, the personas. Outside the lab the
 * first start makes an admin with a key, which is in the answer this once; every later start answers null. Safe when
 * several processes start at once. The tenant's own row must exist (`ensureTenant`).
 */
export const bootstrapTenant = (
  app: App,
  tenantId: string,
  options: { lab: boolean },
): Promise<{ adminKey: string | null }> =>
  commit(app, tenantId, async (tx, out) => {
    await tx.db
      .insertInto('governance')
      .values({
        tenant_id: tenantId,
        mode: options.lab ? 'propose' : 'approve',
        approver_roles: ['approver'],
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await insertPerson(tx, out, sutureItself, suture)
    if (options.lab) {
      for (const persona of labPersonas) await insertPerson(tx, out, sutureItself, persona)
      return { adminKey: null }
    }
    const created = await insertPerson(tx, out, sutureItself, admin)
    if (created === null) return { adminKey: null }
    const { key } = await insertKey(tx, out, sutureItself, created, {
      name: 'First admin key',
      scopes: ['read', 'respond', 'approve', 'admin'],
    })
    return { adminKey: key }
  })
