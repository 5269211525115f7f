import { intakePrefix } from './intake.ts'
import type { Operation } from './operation.ts'
import { HttpProblem, notFound } from './problem.ts'

/** 405 with what is allowed where the path exists, else 404. */
export const unknownRoute = (operations: readonly Operation[], method: string, path: string): HttpProblem => {
  const methods = operations
    .filter((operation) =>
      [operation.path, ...operation.aliases].some((declared) => matches(declared, path, operation.takesRest)),
    )
    .map((operation) => operation.method.toUpperCase())
  if (path.startsWith(intakePrefix) && !path.slice(intakePrefix.length).includes('/')) methods.push('POST')
  if (methods.length === 0)
    return notFound(
      'There is nothing at this address.',
      'GET /openapi.json, with a key, lists what there is.',
    )
  const allow = [...new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods)].sort().join(', ')
  return new HttpProblem({
    status: 405,
    title: 'Not this method',
    code: 'invalid',
    detail: `${method.slice(0, 20)} is not offered here; ${allow} is.`,
    remedy: 'See GET /openapi.json, with a key.',
    headers: { Allow: allow },
  })
}

const matches = (declared: string, path: string, takesRest: boolean): boolean => {
  const wanted = declared.split('/')
  const given = path.split('/')
  return (
    (takesRest ? wanted.length <= given.length : wanted.length === given.length) &&
    wanted.every((part, at) => part === given[at] || (part.startsWith('{') && given[at] !== ''))
  )
}
