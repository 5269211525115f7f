import { z } from 'zod'
import { impacts } from '../action.ts'
import { TriageCode } from '../diagnosis.ts'

/** What a part of the policy is about. Absent fields hold for everything; all that are there must hold. */

const pattern = z
  .string()
  .regex(
    /^(?:\*|[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?|[a-z0-9][a-z0-9._-]{0,61}\*)$/,
    'a name, or the beginning of one with * behind it, such as payments-*',
  )
const patterns = z.array(pattern).min(1).max(200)

export const Match = z.strictObject({
  services: patterns.optional(),
  playbooks: patterns.optional(),
  impacts: z.array(z.enum(impacts)).min(1).optional(),
  diagnoses: z.array(TriageCode).min(1).optional(),
})
export type Match = z.infer<typeof Match>

/** What is matched: a service, what would be done to it, and why. */
export interface Matched {
  readonly service: string
  readonly playbook: string
  readonly impact: string
  readonly diagnosisCode: string
}

export const matches = (match: Match, about: Matched): boolean =>
  fits(match.services, about.service) &&
  fits(match.playbooks, about.playbook) &&
  among(match.impacts, about.impact) &&
  among(match.diagnoses, about.diagnosisCode)

const among = (listed: readonly string[] | undefined, value: string): boolean =>
  listed === undefined || listed.includes(value)

const fits = (listed: readonly string[] | undefined, name: string): boolean =>
  listed === undefined || listed.some((each) => fitsPattern(each, name))

/** A name fits itself, and the beginning of one with `*` behind it. */
export const fitsPattern = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
