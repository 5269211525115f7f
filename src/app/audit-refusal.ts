import type { Rejection } from '../domain/rejection.ts'
import type { Outbound } from './commit.ts'

/** Every refusal is one audit entry with the facts it rested on. Returns it, so that a use case can end with it. */
export const refused = (
  out: Outbound,
  about: { actor: string; subject: string; incidentId?: string | null; command: string },
  rejection: Rejection,
): Rejection => {
  out.audit(
    {
      event: 'refused',
      actor: about.actor,
      subject: about.subject,
      details: {
        command: about.command,
        reason_code: rejection.code,
        detail: rejection.detail,
        facts: { ...rejection.facts },
        policy_checked: true,
      },
    },
    about.incidentId ?? null,
  )
  return rejection
}
