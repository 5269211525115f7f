import type { StepCallRequest } from '../../../src/app/ports.ts'
import type { ParameterValue } from '../../../src/domain/action.ts'
import type { HttpCall } from '../../../src/domain/service.ts'
import { type Bound, bindValue, bound, missingAction, refused } from '../binding.ts'
import { bindUrl } from './bind-url.ts'

/** A catalogued call with its parameters filled in; the secret is still a name. */
export interface BoundHttpCall {
  readonly method: HttpCall['method']
  readonly url: URL
  /** What `url` was made from, as it stands in the catalogue. */
  readonly written: string
  /** JSON text, or null for a call without a body. */
  readonly body: string | null
  readonly secret: string | undefined
  readonly effect: string | undefined
}

export function bindHttpCall(request: StepCallRequest): Bound<BoundHttpCall> {
  const { target, action, parameters } = request
  if (target.kind !== 'http') return refused(`target ${target.name} is of kind ${target.kind}, expected http`)
  const call = Object.hasOwn(target.actions, action) ? target.actions[action] : undefined
  if (call === undefined) return refused(missingAction(request))
  const url = bindUrl(call.url, parameters)
  if (!url.ok) return url
  const body = bindBody(call.body, parameters)
  if (!body.ok) return body
  const { method, secret, effect } = call
  return bound({ method, url: url.value, written: call.url, body: body.value, secret, effect })
}

function bindBody(
  template: HttpCall['body'],
  parameters: StepCallRequest['parameters'],
): Bound<string | null> {
  if (template === undefined) return bound(null)
  const fields: [string, ParameterValue][] = []
  for (const [field, value] of Object.entries(template)) {
    const filled = bindValue(value, parameters)
    if (!filled.ok) return filled
    fields.push([field, filled.value])
  }
  return bound(JSON.stringify(Object.fromEntries(fields)))
}
