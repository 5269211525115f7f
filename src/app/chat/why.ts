import type { Card } from '../../domain/card.ts'
import type { Caller } from '../../domain/person.ts'
import { reject } from '../../domain/rejection.ts'
import { refusalCard } from '../../message/notice-card.ts'
import { whyCard } from '../../message/why-card.ts'
import type { App } from '../app.ts'
import { explainPolicy } from '../read/explain-policy.ts'

/** What policy says of a run or a proposal, and who can act. */
export const whyCommand = async (app: App, caller: Caller, id: string): Promise<Card> => {
  const explained = await explainPolicy(app, caller.tenantId, id)
  return explained === null
    ? refusalCard(
        reject(
          'not_found',
          `There is nothing called ${id}.`,
          'Look with /heal runs, or open the incident to see what is proposed.',
        ),
      )
    : whyCard({ id, ...explained })
}
