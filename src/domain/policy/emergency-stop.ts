import { reject } from '../rejection.ts'
import { noObjection, type PolicyRule } from './rule.ts'

/** The big red button. Only a definite "off" lets anything pass. */
export const emergencyStop: PolicyRule = (facts) =>
  facts.emergencyStop === false
    ? noObjection
    : {
        outcome: 'deny',
        reason: reject(
          'emergency_stop',
          'The emergency stop is on: Suture starts nothing.',
          'An admin lifts the emergency stop once it is safe, then the proposal can be requested again.',
          { facts: { emergencyStop: true } },
        ),
      }
