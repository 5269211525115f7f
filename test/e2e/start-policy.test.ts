import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { dataFolder } from '../support/embedded.ts'
import { adminKeyOf, ask, startedSuture } from '../support/suture.ts'

const within = { timeout: 60_000, interval: 50 }

const days = (...dates: string[]): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//test//EN',
    ...dates.flatMap((date) => ['BEGIN:VEVENT', `DTSTART;VALUE=DATE:${date}`, 'SUMMARY:A day', 'END:VEVENT']),
    'END:VCALENDAR',
    '',
  ].join('\r\n')

it('G2 G8 policy and calendar come into force without a restart; a bad one leaves the last good in force, and health and API say so', async () => {
  const dataDir = dataFolder()
  mkdirSync(dataDir)
  const folder = join(dataDir, '..')
  const policyPath = join(folder, 'policy.yaml')
  const policyOf = (more: string): string =>
    `windows: []\nholidays:\n  - { id: days, calendar: days.ics }\n${more}`
  const calendar = (text: string) => writeFileSync(join(folder, 'days.ics'), text)
  const { year } = Temporal.Now.plainDateISO('UTC')
  calendar(days(`${year}0601`))
  writeFileSync(policyPath, policyOf(''))
  const suture = await startedSuture({
    dataDir,
    env: { SUTURE_LAB: 'off', SUTURE_PORT: '0', SUTURE_POLICY: policyPath },
  })
  const key = adminKeyOf(suture)
  const policy = async () =>
    (await ask(suture.url(), '/v1/policy', { key })).json as unknown as {
      document: { holidays: { dates: string[] }[]; overrun: string; groups: object }
      problems: string[]
      warnings: string[]
    }
  const dates = async () => (await policy()).document.holidays[0]?.dates
  const health = async () => {
    const { json } = await ask(suture.url(), '/v1/health', { key })
    return (json['checks'] as Record<string, { status: string; detail: string }>)['configuration']
  }
  expect(await dates()).toEqual([`${year}-06-01`])
  expect((await health())?.status).toBe('pass')

  calendar(days(`${year}0601`, `${year}0602`))
  await vi.waitFor(async () => expect(await dates()).toEqual([`${year}-06-01`, `${year}-06-02`]), within)

  calendar(days(`${year}0230`))
  await vi.waitFor(async () => expect((await policy()).problems).toHaveLength(1), within)
  expect((await policy()).problems[0]).toMatch(/days\.ics:4:1 the event "A day" names the day \d+-02-30/)
  expect((await health())?.detail).toContain('stays in force')
  expect(await dates()).toEqual([`${year}-06-01`, `${year}-06-02`])
  calendar(days(`${year}0601`))
  await vi.waitFor(async () => expect(await dates()).toEqual([`${year}-06-01`]), within)

  const rule = "rules: [{ id: r, match: { services: ['nowhere'] }, then: { mode: observe }, reason: x }]\n"
  writeFileSync(policyPath, policyOf(`overrun: deny\n${rule}`))
  await vi.waitFor(async () => expect((await policy()).document.overrun).toBe('deny'), within)
  expect((await policy()).warnings).toEqual([
    expect.stringMatching(/policy\.yaml:5:38 rules\[0\]\.match\.services\[0\]: no service .* nowhere/),
  ])
  expect((await health())?.status).toBe('warn')

  // Nobody touches the file when the person comes.
  writeFileSync(policyPath, policyOf('groups: { dba: [person_newcomer] }\n'))
  await vi.waitFor(async () => expect((await policy()).problems[0]).toContain('no person'), within)
  expect((await policy()).document.overrun).toBe('deny')
  const made = await ask(suture.url(), '/v1/people', {
    key,
    method: 'POST',
    body: { id: 'person_newcomer', name: 'Newcomer', kind: 'human', roles: ['approver'] },
  })
  expect(made.status).toBe(201)
  await vi.waitFor(
    async () => expect((await policy()).document.groups).toEqual({ dba: ['person_newcomer'] }),
    within,
  )
  expect((await health())?.status).toBe('pass')
  expect(await suture.stop()).toBe(0)
})
