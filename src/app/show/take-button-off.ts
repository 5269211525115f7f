import type { Block, Card } from '../../domain/card.ts'
import { type Button, cardsWithButton } from '../../storage/card.repository.ts'
import type { Tx } from '../../storage/database.ts'
import type { IncidentRow } from '../../storage/incident.repository.ts'
import type { App } from '../app.ts'
import type { Outbound } from '../commit.ts'
import { postCards } from './post-cards.ts'
import { showProposal } from './proposal.ts'

/** What the button did is done: in these threads no card shows it any more. A proposal is drawn anew, as it stands now. */
export const takeButtonOff = async (
  app: App,
  tx: Tx,
  out: Outbound,
  button: Button,
  incidents: readonly IncidentRow[],
): Promise<void> => {
  const cards = await cardsWithButton(
    tx,
    button,
    incidents.map(({ id }) => id),
  )
  for (const { id, kind, incident_id: incidentId, body, token } of cards) {
    const incident = incidents.find((each) => each.id === incidentId)
    if (incident === undefined) continue
    const key = id.slice(incident.id.length + 1)
    if (kind === 'proposal') await showProposal(app, tx, out, key.replace('proposal/', ''))
    else
      await postCards(app, tx, out, [
        { key, kind, incidentId: incident.id, service: incident.service, card: without(body, token) },
      ])
  }
}

const without = (card: Card, token: string): Card => ({
  ...card,
  blocks: card.blocks.flatMap((block): Block[] => {
    if (block.kind !== 'actions') return [block]
    const actions = block.actions.filter((action) => action.token !== token)
    return actions.length === 0 ? [] : [{ kind: 'actions', actions }]
  }),
})
