import { formPromptOf } from '../../app/form/form-prompt.ts'
import { tokenOfForm } from '../../domain/form.ts'
import type { HttpDeps } from '../deps.ts'
import { type Operation, operation } from '../operation.ts'
import { Form, FormQuery } from '../schemas/form.ts'

export const formRoutes = ({ app }: HttpDeps): Operation[] => [
  operation({
    method: 'get',
    path: '/v1/forms',
    id: 'getForm',
    summary: 'What to ask for before something is frozen or a mode is changed; sent by /v1/clicks',
    tag: 'governance',
    scopes: ['read'],
    query: FormQuery,
    answers: Form,
    handle: async ({ caller, query: { name } }) => ({
      token: tokenOfForm(name),
      prompt: await formPromptOf(app, caller, name),
    }),
  }),
]
