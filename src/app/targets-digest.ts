import type { Proposal } from '../domain/proposal.ts'
import type { Configuration } from './app.ts'
import { digestOf } from './digest.ts'

/** Over how the catalogue says, now, that a proposal's targets do what is asked of them. */
export const targetsDigest = (configuration: Configuration, proposal: Proposal): string => {
  const service = configuration.serviceOf(proposal.service)
  return digestOf(
    proposal.targets.map((name) => service?.targets.find((target) => target.name === name) ?? null),
  )
}
