import type { Diagnosis } from '../../domain/diagnosis.ts'
import type { Evidence } from '../../domain/evidence.ts'
import { evidenceCard } from '../../message/evidence-card.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { postCards } from './post-cards.ts'

/** One card for each look: the first one, and one more whenever the incident is looked into again. */
export const showEvidence = (
  app: App,
  tx: Tx,
  out: Outbound,
  incident: IncidentRow,
  evidence: readonly Evidence[],
  diagnosis: Diagnosis,
): Promise<void> =>
  postCards(app, tx, out, [
    {
      key: `evidence/${incident.version}`,
      kind: 'evidence',
      incidentId: incident.id,
      service: incident.service,
      card: evidenceCard({ incidentId: incident.id, evidence, diagnosis }),
    },
  ])
