import type { Proposal } from '../domain/proposal.ts'
import type { Target } from '../domain/service.ts'
import type { Configuration } from './app.ts'
import { digestOf } from './digest.ts'

/**
 * Over how the catalogue says, now, that a proposal's targets do what is asked of them, and which commands may look whether it
 * helped: both are programs and calls that were approved as they stood.
 */
export const targetsDigest = (configuration: Configuration, proposal: Proposal): string => {
  const targets = configuration.serviceOf(proposal.service)?.targets ?? []
  return digestOf([
    ...proposal.targets.map((name) => targets.find((target) => target.name === name) ?? null),
    ...targets.filter((target) => hasChecks(target) && !proposal.targets.includes(target.name)),
  ])
}

const hasChecks = (target: Target): boolean => target.kind === 'command' && target.checks !== undefined
