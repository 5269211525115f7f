import { bold, type Card, code, type Text } from '../../domain/card.ts'
import type { Caller } from '../../domain/person.ts'
import { reject } from '../../domain/rejection.ts'
import { chatCard } from '../../message/chat-cards.ts'
import { refusalCard } from '../../message/notice-card.ts'
import { text } from '../../message/words.ts'
import { readIncident } from '../read/incident.ts'
import { readProposal } from '../read/proposal.ts'
import type { ChatContext } from './options.ts'

/** What is wrong, what is thought of it, what is proposed, and the next step. */
export const showIncident = async (
  { app, consoleUrl }: ChatContext,
  caller: Caller,
  id: string,
): Promise<Card> => {
  const incident = await readIncident(app, caller.tenantId, id)
  if (incident === null)
    return refusalCard(
      reject('not_found', `There is no incident ${id}.`, '/heal incidents lists those that are open.'),
    )
  const [best] = incident.hypotheses
  const proposals = await Promise.all(
    incident.proposalIds.slice(0, 3).map((each) => readProposal(app, caller.tenantId, each)),
  )
  return {
    ...chatCard({
      title: incident.title,
      status: incident.status,
      tone: incident.status === 'resolved' ? 'good' : 'warning',
      lines: [
        text(incident.summary === '' ? incident.now : `${incident.summary} ${incident.now}`),
        ...(best === undefined
          ? []
          : [text(bold('Most likely: '), `${best.title}, ${Math.round(best.likelihood * 100)} %.`)]),
        ...proposals.flatMap((each): Text[] =>
          each === null
            ? []
            : [text(bold('Proposed: '), each.proposal.playbookTitle, ' (', code(each.id), ').')],
        ),
        nextStep(incident.status, incident.proposalIds[0]),
      ],
      context: text(
        `${incident.id} · ${incident.service ?? 'not in the catalogue'} · since `,
        { kind: 'time', at: incident.openedAt },
        ...(consoleUrl === null
          ? []
          : [' · ', { kind: 'link' as const, text: 'Open it', url: incidentUrl(consoleUrl, incident.id) }]),
      ),
    }),
    severity: incident.severity,
  }
}

export const incidentUrl = (consoleUrl: string, id: string): string =>
  `${consoleUrl}/incidents/${encodeURIComponent(id)}`

const nextStep = (status: string, proposal: string | undefined): Text => {
  if (status === 'resolved') return text('Nothing more to do.')
  if (status === 'proposed' && proposal !== undefined)
    return text(
      'Next: ',
      code(`/heal request ${proposal}`),
      ', or ',
      code('/heal approvals'),
      ' if it was requested.',
    )
  return text('Next: its thread shows what happens; ', code('/heal ask what can I do?'), ' there tells more.')
}
