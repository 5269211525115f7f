import { z } from '@hono/zod-openapi'
import { changeGovernance } from '../../app/change-governance.ts'
import { disablePerson, enablePerson } from '../../app/identity/disable-person.ts'
import { createKey, revokeKey } from '../../app/identity/keys.ts'
import { createPerson } from '../../app/identity/people.ts'
import { listPlaybooks, listServices } from '../../app/read/configuration.ts'
import { readGovernance } from '../../app/read/governance.ts'
import { listKeys } from '../../app/read/keys.ts'
import { listPeople } from '../../app/read/people.ts'
import { isRejection } from '../../domain/rejection.ts'
import type { HttpDeps } from '../deps.ts'
import type { LiveStreams } from '../live-streams.ts'
import { type Operation, operation } from '../operation.ts'
import { page, pageQuery } from '../schemas/common.ts'
import { PlaybookView, ServiceView } from '../schemas/configuration.ts'
import {
  GovernanceInput,
  GovernanceView,
  KeyCreated,
  KeyInput,
  KeyView,
  PersonInput,
  PersonView,
} from '../schemas/identity.ts'

export const adminRoutes = ({ app }: HttpDeps, streams: LiveStreams): Operation[] => [
  operation({
    method: 'get',
    path: '/v1/keys',
    id: 'listKeys',
    summary: 'Your keys, or for an admin all keys, newest first',
    tag: 'identity',
    scopes: ['read'],
    query: pageQuery.strict(),
    answers: page(KeyView),
    handle: ({ caller, query }) => listKeys(app, caller, query),
  }),
  operation({
    method: 'post',
    path: '/v1/keys',
    id: 'createKey',
    summary: 'Makes a key, which is shown this once',
    tag: 'identity',
    scopes: ['read'],
    body: KeyInput,
    status: 201,
    answers: KeyCreated,
    showsSecret: true,
    handle: ({ caller, body }) => createKey(app, caller, body),
  }),
  operation({
    method: 'delete',
    path: '/v1/keys/{id}',
    id: 'revokeKey',
    summary: 'Revokes a key at once, and the sessions that began with it',
    tag: 'identity',
    scopes: ['read'],
    status: 204,
    answers: z.void(),
    handle: async ({ caller, id }) => {
      const revoked = await revokeKey(app, caller, id)
      if (isRejection(revoked)) return revoked
      streams.endOf(`key:${id}`)
      return undefined
    },
  }),
  operation({
    method: 'get',
    path: '/v1/people',
    id: 'listPeople',
    summary: 'People and service accounts, by id; those who are disabled with `state`',
    tag: 'identity',
    scopes: ['read'],
    query: pageQuery.extend({ state: z.enum(['enabled', 'disabled', 'all']).default('enabled') }).strict(),
    answers: page(PersonView),
    handle: ({ caller, query }) => listPeople(app, caller.tenantId, query),
  }),
  operation({
    method: 'post',
    path: '/v1/people',
    id: 'createPerson',
    summary: 'Adds a person or a service account',
    tag: 'identity',
    scopes: ['admin'],
    body: PersonInput,
    status: 201,
    answers: PersonView,
    handle: async ({ caller, body }) => {
      const person = await createPerson(app, caller, body)
      return isRejection(person)
        ? person
        : { ...person, roles: [...person.roles], rolesFrom: 'granted' as const, disabledAt: null }
    },
  }),
  operation({
    method: 'post',
    path: '/v1/people/{id}/disable',
    id: 'disablePerson',
    summary: 'Ends what somebody may do at once, with every session and key they hold',
    tag: 'identity',
    scopes: ['admin'],
    answers: PersonView,
    handle: ({ caller, id }) => disablePerson(app, caller, id),
  }),
  operation({
    method: 'post',
    path: '/v1/people/{id}/enable',
    id: 'enablePerson',
    summary: 'Lets somebody who was disabled act again; keys that were not revoked work again',
    tag: 'identity',
    scopes: ['admin'],
    answers: PersonView,
    handle: ({ caller, id }) => enablePerson(app, caller, id),
  }),
  operation({
    method: 'get',
    path: '/v1/governance',
    id: 'getGovernance',
    summary: 'How far Suture may go',
    tag: 'governance',
    scopes: ['read'],
    answers: GovernanceView,
    handle: ({ caller }) => readGovernance(app, caller.tenantId),
  }),
  operation({
    method: 'patch',
    path: '/v1/governance',
    id: 'changeGovernance',
    summary: 'Sets the mode or the emergency stop',
    tag: 'governance',
    scopes: ['admin'],
    body: GovernanceInput,
    answers: GovernanceView,
    handle: ({ caller, body }) => changeGovernance(app, caller, body),
  }),
  operation({
    method: 'get',
    path: '/v1/services',
    id: 'listServices',
    summary: 'The catalogue',
    tag: 'configuration',
    scopes: ['read'],
    answers: z.object({ items: z.array(ServiceView) }),
    handle: async ({ caller }) => ({ items: await listServices(app, caller.tenantId) }),
  }),
  operation({
    method: 'get',
    path: '/v1/playbooks',
    id: 'listPlaybooks',
    summary: 'The playbooks in force',
    tag: 'configuration',
    scopes: ['read'],
    answers: z.object({ items: z.array(PlaybookView) }),
    handle: async ({ caller }) => ({ items: await listPlaybooks(app, caller.tenantId) }),
  }),
]
