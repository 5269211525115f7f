import { z } from '@hono/zod-openapi'
import { type Rejection, reject } from '../../domain/rejection.ts'
import type { HttpDeps } from '../deps.ts'
import { type Operation, operation } from '../operation.ts'
import { BreakInput, LabView, MendInput } from '../schemas/configuration.ts'

/** The estate that breaks on demand. Outside the lab none of these exist. */
export const labRoutes = ({ lab, app }: HttpDeps): Operation[] => {
  if (lab === null) return []
  const act = async (work: Promise<void>): Promise<Rejection | undefined> => {
    try {
      await work
      return undefined
    } catch (error) {
      app.log.warn({ error }, 'the lab refused or did not answer')
      return reject(
        'unavailable',
        error instanceof Error ? error.message.slice(0, 300) : 'The lab did not answer.',
        'See GET /v1/lab for what it knows, and try again.',
      )
    }
  }
  return [
    operation({
      method: 'get',
      path: '/v1/lab',
      id: 'getLab',
      summary: 'The lab as it is now, and what can be broken in it',
      tag: 'lab',
      scopes: ['read'],
      answers: LabView,
      handle: async () => {
        try {
          return { faults: [...lab.faults], state: await lab.state() }
        } catch (error) {
          app.log.warn({ error }, 'the lab did not answer')
          return reject(
            'unavailable',
            'The lab does not answer.',
            'Wait until it has started, or start it again.',
          )
        }
      },
    }),
    operation({
      method: 'post',
      path: '/v1/lab/break',
      id: 'breakService',
      summary: 'Breaks a service of the lab for real',
      tag: 'lab',
      scopes: ['respond'],
      body: BreakInput,
      status: 204,
      answers: z.void(),
      handle: ({ body }) => {
        if (!lab.faults.includes(body.fault))
          return Promise.resolve(
            reject(
              'invalid',
              `fault: expected ${lab.faults.join(', ')}, found ${body.fault}.`,
              'Choose one of these.',
              { facts: { field: 'fault' } },
            ),
          )
        return act(lab.breakService(body.service, body.fault))
      },
    }),
    operation({
      method: 'post',
      path: '/v1/lab/mend',
      id: 'mendService',
      summary: 'Takes the fault away again',
      tag: 'lab',
      scopes: ['respond'],
      body: MendInput,
      status: 204,
      answers: z.void(),
      handle: ({ body }) => act(lab.mendService(body.service)),
    }),
  ]
}
