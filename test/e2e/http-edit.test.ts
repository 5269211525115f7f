import { afterAll, beforeAll, expect, it } from 'vitest'
import { type SignedIn, type TestHttp, testHttp } from '../support/http.ts'

let t: TestHttp
let ada: SignedIn
beforeAll(async () => {
  t = await testHttp()
  ada = await t.persona('person_ada')
})
afterAll(() => t.close())

it.each([
  ['{"parameters":{"__proto__":{"by":1}}}', '__proto__'],
  ['{"parameters":{"by":1e400}}', 'by'],
  ['{"parameters":{"by":"\\ud800"}}', 'by'],
])('G4 H1 %s is refused by name as a parameter', async (body, name) => {
  const answer = await t.ask('POST', '/v1/proposals/prop-1/edits', { as: ada, body })
  const problem = answer.json as { code: string; field: string }
  expect([answer.status, problem.code]).toEqual([422, 'parameter_bounds'])
  expect(problem.field).toContain(name)
})

it('G4 H1 a body without parameters, or with others beside, is refused', async () => {
  const none = await t.ask('POST', '/v1/proposals/prop-1/edits', { as: ada, body: { speed: 1 } })
  expect([400, 422]).toContain(none.status)
})
