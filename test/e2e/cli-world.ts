import { expect } from 'vitest'
import type { z } from 'zod'
import { healIncident } from '../../src/app/heal/heal-incident.ts'
import { createKey } from '../../src/app/identity/keys.ts'
import { writeAlerts } from '../../src/app/ingest/write-alerts.ts'
import type { Alert } from '../../src/domain/alert.ts'
import type { Caller, Role, Scope } from '../../src/domain/person.ts'
import { isRejection } from '../../src/domain/rejection.ts'
import { createListener } from '../../src/http/listener.ts'
import { inTenant } from '../../src/storage/database.ts'
import { anAlert } from '../support/alerts.ts'
import { testTenant } from '../support/app.ts'
import { type TestHttp, testHttp } from '../support/http.ts'
import { startTarget } from '../support/target.ts'
import { type Ran, serve, suture, sutureHere } from './cli-support.ts'

/** The real HTTP application over a real database, a target to heal, and `suture` in the hands of several people. */
export interface CliWorld {
  readonly test: TestHttp
  readonly url: string
  readonly keyOf: (
    name: string,
    roles: readonly Role[],
    scopes: Scope[],
  ) => Promise<{ readonly key: string; readonly caller: Caller }>
  readonly as: (key: string, ...args: string[]) => Promise<Ran>
  /** With `--json`: it must end with 0, say nothing on standard error, and answer in this shape. */
  readonly json: <T extends z.ZodType>(schema: T, key: string, ...args: string[]) => Promise<z.output<T>>
  /** An alert is looked into; the proposal is of this playbook, or the first. */
  readonly proposed: (
    alert?: Partial<Alert>,
    playbook?: string,
  ) => Promise<{ readonly incidentId: string; readonly proposalId: string }>
  readonly close: () => Promise<void>
}

export const startCliWorld = async (
  options: {
    readonly playbooks?: Readonly<Record<string, string>>
    /** Commands are no processes of their own then. */
    readonly here?: boolean
  } = {},
): Promise<CliWorld> => {
  const target = await startTarget()
  const { playbooks = {}, here = false } = options
  const test = await testHttp({ targetUrl: target.url, playbooks })
  const { url, close } = await serve(createListener(test.http))
  const as: CliWorld['as'] = (key, ...args) => {
    const env = { SUTURE_URL: url, SUTURE_API_KEY: key }
    return here ? sutureHere(args, env) : suture(args, { env })
  }
  return {
    test,
    url,
    keyOf: async (name, roles, scopes) => {
      const caller = await test.caller(name, roles)
      const created = await createKey(test.app, caller, { name: `key of ${name}`, scopes })
      if (isRejection(created)) throw new Error(created.detail)
      return { key: created.key, caller }
    },
    as,
    json: async (schema, key, ...args) => {
      const { code, stdout, stderr } = await as(key, ...args, '--json')
      expect(stderr).toBe('')
      expect(code).toBe(0)
      return schema.parse(JSON.parse(stdout))
    },
    proposed: async (alert = { title: 'CheckoutDown' }, playbook) => {
      const [receipt] = await writeAlerts(test.app, [
        { tenantId: testTenant, source: 'alertmanager', alerts: [anAlert(alert)], keptAside: [] },
      ])
      const incidentId = receipt?.incidents[0] ?? ''
      await healIncident(test.app, testTenant, incidentId)
      const row = await inTenant(test.app.store, testTenant, (tx) =>
        tx.db
          .selectFrom('proposal')
          .select('id')
          .where('incident_id', '=', incidentId)
          .where('withdrawn_at', 'is', null)
          .$if(playbook !== undefined, (of) => of.where('playbook', '=', playbook ?? ''))
          .orderBy('rank')
          .executeTakeFirstOrThrow(),
      )
      return { incidentId, proposalId: row.id }
    },
    close: async () => {
      await close()
      await test.close()
      await target.close()
    },
  }
}
