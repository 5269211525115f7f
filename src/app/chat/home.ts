import { type Card, code, type Text } from '../../domain/card.ts'
import type { Caller } from '../../domain/person.ts'
import { chatCard } from '../../message/chat-cards.ts'
import { needsPersonBlock } from '../../message/queue-card.ts'
import { counted, text } from '../../message/words.ts'
import { inTenant } from '../../storage/database.ts'
import type { ChatUser } from '../ports.ts'
import { readGovernance } from '../read/governance.ts'
import { needsPersonNow, type QueueRun } from '../read/queue.ts'
import { notKnownCard } from './not-known.ts'
import type { ChatContext } from './options.ts'
import { timed } from './runs.ts'
import { incidentUrl } from './show-incident.ts'
import { modeCard } from './status.ts'
import { type Waiting, waitingBlocks, waitingFor } from './waiting.ts'
import { identify } from './who.ts'

const mostCards = 20
const mostIncidents = 15

/** What waits for this person, one card each; then what is open, and how far Suture may go. */
export const homeOf = async (context: ChatContext, user: ChatUser): Promise<readonly Card[]> => {
  const who = await identify(context, user)
  if (who.kind !== 'known') return [notKnownCard(who)]
  const { caller } = who
  const [waiting, incidents, governance, needsPerson] = await Promise.all([
    waitingFor(context.app, caller),
    openIncidents(context, caller),
    readGovernance(context.app, caller.tenantId),
    needsPersonNow(context.app, caller.tenantId),
  ])
  const mode = context.app.observeOnly ? 'observe' : governance.mode
  const loud = needsPerson.length === 0 ? [] : [needsPersonCard(needsPerson)]
  const notices = governance.emergencyStop || mode === 'observe' ? [modeCard({ ...governance, mode })] : []
  const shown = waiting.slice(0, mostCards - loud.length - notices.length - 2)
  return [
    ...loud,
    ...notices,
    ...(shown.some((each) => each.refusal === null) ? [] : [nothingCard]),
    ...shown.map(waitingCard),
    ...(incidents.length === 0 ? [] : [incidentsCard(context, incidents, waiting.length - shown.length)]),
  ]
}

/** It stands there until somebody has said what happened, or has closed the incident. */
const needsPersonCard = (runs: readonly QueueRun[]): Card => ({
  ...chatCard({ title: 'A person must look now', tone: 'bad', lines: [] }),
  blocks: runs.slice(0, mostLoud).map((run) => needsPersonBlock(timed(run))),
})
const mostLoud = 5

const nothingCard: Card = chatCard({
  title: 'Nothing waits for you',
  tone: 'good',
  lines: [text('What others have to decide, and what is open, stands below.')],
})

const waitingCard = (waiting: Waiting): Card => ({
  ...chatCard({
    title: waiting.title,
    status: waiting.refusal === null ? 'Waits for you' : 'Waits for others',
    tone: waiting.refusal === null ? 'warning' : 'neutral',
    lines: [],
  }),
  blocks: waitingBlocks(waiting),
})

interface OpenIncident {
  readonly id: string
  readonly title: string
  readonly service: string | null
  readonly severity: string
}

const openIncidents = ({ app }: ChatContext, caller: Caller): Promise<OpenIncident[]> =>
  inTenant(
    app.store,
    caller.tenantId,
    (tx) =>
      tx.db
        .selectFrom('incident')
        .select(['id', 'title', 'service', 'severity'])
        .where('tenant_id', '=', tx.tenantId)
        .where('status', '<>', 'resolved')
        .orderBy('opened_at', 'desc')
        .limit(mostIncidents + 1)
        .execute(),
    { readOnly: true },
  )

const incidentsCard = (
  { consoleUrl }: ChatContext,
  incidents: readonly OpenIncident[],
  notShown: number,
): Card =>
  chatCard({
    title: 'Open incidents',
    tone: 'info',
    lines: incidents.slice(0, mostIncidents).map((incident): Text => {
      const about = ` ${incident.title} (${incident.severity})`
      return consoleUrl === null
        ? text(code(incident.id), about)
        : text({ kind: 'link', text: incident.id, url: incidentUrl(consoleUrl, incident.id) }, about)
    }),
    context: text(
      incidents.length > mostIncidents ? 'There are more; /heal incidents lists them. ' : '',
      notShown > 0 ? `${counted(notShown, 'more request')} waiting; /heal approvals lists them.` : '',
      incidents.length <= mostIncidents && notShown <= 0 ? '/heal show INC tells more of one.' : '',
    ),
  })
