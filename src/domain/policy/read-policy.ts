import { type Reader, readWith } from '../reading.ts'
import { checkPolicy } from './check-policy.ts'
import { PolicyDocument } from './document.ts'

/** Shape first, then whether it contradicts itself. */
export const readPolicy: Reader<PolicyDocument> = (input) => {
  const shaped = readWith(PolicyDocument)(input)
  if (!shaped.ok) return shaped
  const problems = checkPolicy(shaped.value)
  return problems.length === 0 ? shaped : { ok: false, problems }
}
