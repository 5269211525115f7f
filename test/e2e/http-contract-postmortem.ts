import { expect } from 'vitest'
import type { Answer, SignedIn, TestHttp } from '../support/http.ts'

type Ask = (id: string, path: string, options: Parameters<TestHttp['ask']>[2]) => Promise<Answer>

/** The draft as facts, and as a file where Markdown is asked for. */
export const readPostmortem = async (
  t: TestHttp,
  ask: Ask,
  { ada, incident }: { readonly ada: SignedIn; readonly incident: string },
): Promise<void> => {
  const draft = await ask('getPostmortem', `/v1/incidents/${incident}/postmortem`, { as: ada })
  expect(draft.json).toMatchObject({ incidentId: incident, fileName: `postmortem-${incident}.md` })
  const file = await t.ask('GET', `/v1/incidents/${incident}/postmortem`, {
    as: ada,
    headers: { accept: 'text/markdown' },
  })
  expect(file.text).toMatch(/^# Postmortem \(draft\): /)
  expect(file.headers.get('content-type')).toBe('text/markdown; charset=utf-8')
  expect(file.headers.get('content-disposition')).toBe(`attachment; filename="postmortem-${incident}.md"`)
}
