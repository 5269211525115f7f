import { commandNames } from '../../domain/chat-command.ts'
import { cleanText } from '../../domain/clean-text.ts'
import { modes } from '../../domain/policy/facts.ts'
import { activeRunStatuses } from '../../domain/run.ts'
import { inTenant, type Tx } from '../../storage/database.ts'
import { freezesInForce } from '../../storage/freeze.repository.ts'
import { standingSilences } from '../../storage/silence.repository.ts'
import type { Configuration } from '../app.ts'
import type { ChatUser } from '../ports.ts'
import type { ChatContext } from './options.ts'
import { identify } from './who.ts'

/** As many as Discord shows. */
const most = 25

/** Whole words after `/heal`, as they can be sent; those first that are newest. */
export const suggestions = async (context: ChatContext, user: ChatUser, words: string): Promise<string[]> => {
  const typed = cleanText(words, 200).toLowerCase()
  const [first = ''] = typed.split(' ')
  const begun = typed.slice(first.length + 1)
  if (begun === '' && !/\s$/u.test(words)) {
    const names = commandNames.filter((name) => name.startsWith(first))
    if (names.length !== 1 || names[0] !== first) return names
  }
  const who = await identify(context, user)
  if (who.kind !== 'known') return []
  const known = await inTenant(context.app.store, who.caller.tenantId, (tx) => wordsFor(context, tx, first), {
    readOnly: true,
  })
  return known
    .filter((each) => each.toLowerCase().startsWith(begun))
    .slice(0, most)
    .map((each) => `${first} ${each}`)
}

const wordsFor = async ({ app }: ChatContext, tx: Tx, command: string): Promise<string[]> => {
  switch (command) {
    case 'show':
    case 'take':
      return idsOf(
        await tx.db
          .selectFrom('incident')
          .select('id')
          .where('tenant_id', '=', tx.tenantId)
          .where('status', '<>', 'resolved')
          .orderBy('opened_at', 'desc')
          .limit(100)
          .execute(),
      )
    case 'cancel':
      return idsOf(
        await tx.db
          .selectFrom('run')
          .select('id')
          .where('tenant_id', '=', tx.tenantId)
          .where('status', 'in', ['pending_approval', 'queued', ...activeRunStatuses])
          .orderBy('created_at', 'desc')
          .limit(100)
          .execute(),
      )
    case 'postmortem':
      return idsOf(
        await tx.db
          .selectFrom('incident')
          .select('id')
          .where('tenant_id', '=', tx.tenantId)
          .orderBy('opened_at', 'desc')
          .limit(50)
          .execute(),
      )
    case 'audit':
    case 'why': {
      const [runs, proposals] = await Promise.all([newest(tx, 'run'), newest(tx, 'proposal')])
      return [...runs, ...proposals]
    }
    case 'approve':
    case 'reject':
      return idsOf(
        await tx.db
          .selectFrom('approval_request')
          .select('id')
          .where('tenant_id', '=', tx.tenantId)
          .where('status', '=', 'pending')
          .orderBy('created_at', 'desc')
          .limit(100)
          .execute(),
      )
    case 'revoke':
      return idsOf(
        await tx.db
          .selectFrom('approval_request')
          .innerJoin('run', (join) =>
            join
              .onRef('run.tenant_id', '=', 'approval_request.tenant_id')
              .onRef('run.id', '=', 'approval_request.run_id'),
          )
          .select('approval_request.id')
          .where('approval_request.tenant_id', '=', tx.tenantId)
          .where('run.status', 'in', ['pending_approval', 'queued'])
          .orderBy('approval_request.created_at', 'desc')
          .limit(100)
          .execute(),
      )
    case 'request':
    case 'override':
    case 'edit':
      return idsOf(
        await tx.db
          .selectFrom('proposal')
          .innerJoin('incident', (join) =>
            join
              .onRef('incident.tenant_id', '=', 'proposal.tenant_id')
              .onRef('incident.id', '=', 'proposal.incident_id'),
          )
          .select('proposal.id')
          .where('proposal.tenant_id', '=', tx.tenantId)
          .where('proposal.withdrawn_at', 'is', null)
          .where('incident.status', '<>', 'resolved')
          .orderBy('proposal.created_at', 'desc')
          .limit(100)
          .execute(),
      )
    case 'mode':
      return modeSuggestions(await app.configuration.of(tx.tenantId))
    case 'unfreeze':
      return idsOf(await freezesInForce(tx))
    case 'unsilence':
      return idsOf(await standingSilences(tx))
    case 'silence': {
      const { catalogue } = await app.configuration.of(tx.tenantId)
      return catalogue.services.map(({ name }) => `service=${name}`)
    }
    case 'maintenance':
    case 'windows': {
      const { catalogue } = await app.configuration.of(tx.tenantId)
      return catalogue.services.map(({ name }) => name)
    }
    case 'freeze': {
      const { catalogue, playbooks } = await app.configuration.of(tx.tenantId)
      return [
        'all',
        ...catalogue.services.map(({ name }) => name),
        ...new Set(catalogue.services.map(({ owner }) => owner)),
        ...playbooks.map(({ playbook }) => playbook.name),
      ]
    }
    case 'ask': {
      const { catalogue } = await app.configuration.of(tx.tenantId)
      return [
        'which incidents are open?',
        'what runs now?',
        ...catalogue.services.map(({ name }) => `what happened to ${name}?`),
      ]
    }
    default:
      return []
  }
}

/** Over or not: people ask why afterwards too. */
const newest = async (tx: Tx, table: 'run' | 'proposal'): Promise<string[]> =>
  idsOf(
    await tx.db
      .selectFrom(table)
      .select('id')
      .where('tenant_id', '=', tx.tenantId)
      .orderBy('created_at', 'desc')
      .limit(50)
      .execute(),
  )

/** Modes first, then what they may be set for. */
const modeSuggestions = ({ catalogue, playbooks }: Configuration): string[] => {
  const names = [
    ...catalogue.services.map(({ name }) => name),
    ...playbooks.map(({ playbook }) => playbook.name),
  ]
  return [
    ...modes,
    ...names,
    ...[...modes, 'default'].flatMap((mode) => names.map((name) => `${mode} for ${name}`)),
  ]
}

const idsOf = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id)
