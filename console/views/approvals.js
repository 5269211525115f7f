import { get, newKey, post, problemOf } from '../api.js'
import { loadApprovals } from '../data.js'
import { askForText } from '../dialog.js'
import { h, mount } from '../dom.js'
import { refreshOn } from '../events.js'
import { icon, spinner } from '../icons.js'
import { announce, empty, pageHead, pill, problemBox, skeleton } from '../parts.js'
import { incidentPath, proposalPath } from '../router.js'
import { read, subscribe, write } from '../store.js'
import { timeOf } from '../time.js'
import { approvalStates, wordsFor } from '../words.js'
import { inSteadOf, waitsForMe, whyNotMe } from './approval-rules.js'
import { approvalSignals } from './approval-signals.js'

/** Everything that waits for a decision: what I may decide first, then what waits for others, then what was decided. */
export function approvalsView() {
  const element = h('div.page')
  /** approval id -> { pending, problem } */
  const states = new Map()
  let decided = []
  let signals = null

  const draw = () => mount(element, content(read(), decided, signals, states, decide))
  const loadDecided = async () => {
    const [page, told] = await Promise.all([
      get('/v1/approvals?limit=20').catch(() => ({ items: [] })),
      get('/v1/approvals/signals').catch(() => null),
    ])
    signals = told
    decided = page.items.filter((each) => each.status !== 'pending').slice(0, 10)
    draw()
  }
  const decide = async (approval, decision) => {
    if (states.get(approval.id)?.pending) return
    const reason =
      decision === 'reject'
        ? await askForText({
            title: `Reject ${approval.playbookTitle}?`,
            label: 'Why',
            required: true,
            submit: 'Reject',
            style: 'danger',
            hint: 'It is shown in the thread and kept in the audit log.',
          })
        : ''
    if (reason === null) return
    states.set(approval.id, { pending: decision, problem: null })
    draw()
    try {
      await post(
        `/v1/approvals/${encodeURIComponent(approval.id)}/decisions`,
        { decision, reason },
        { key: newKey() },
      )
      states.delete(approval.id)
      announce(decision === 'approve' ? 'Approved.' : 'Rejected.')
      await Promise.all([loadApprovals(), loadDecided()])
    } catch (error) {
      states.set(approval.id, { pending: null, problem: problemOf(error) })
    }
    draw()
  }

  const stops = [subscribe(draw), refreshOn(['approval'], loadDecided)]
  draw()
  loadApprovals().catch((error) => write({ problem: problemOf(error) }))
  void loadDecided()
  return { element, title: 'Approvals', destroy: () => stops.forEach((stop) => stop()) }
}

function content({ approvals, me }, decided, signals, states, decide) {
  const mine = (approvals ?? []).filter((each) => waitsForMe(each, me))
  const others = (approvals ?? []).filter((each) => !waitsForMe(each, me))
  const of = (approval) => row(approval, me, states.get(approval.id), decide)
  return [
    h(
      'div',
      { 'data-key': 'head' },
      pageHead('Approvals', 'Nothing runs until the people a rule names have said yes.'),
    ),
    approvals === null && h('div', { 'data-key': 'loading' }, skeleton(6)),
    approvals?.length === 0 &&
      h(
        'div',
        { 'data-key': 'empty' },
        empty(
          'check',
          'Nothing waits for a decision',
          'When somebody requests a remedy, it waits here and in its thread. You can leave this page open: it updates by itself.',
        ),
      ),
    mine.length > 0 && group('For you', mine.map(of)),
    others.length > 0 && group(mine.length > 0 ? 'For others' : 'Waiting for others', others.map(of)),
    decided.length > 0 &&
      group(
        'Decided lately',
        decided.map((each) => row(each, me, undefined, decide)),
      ),
    approvalSignals(signals),
  ]
}

const group = (title, rows) =>
  h(
    'section.group',
    { 'data-key': title, 'aria-label': title },
    h('h2.pane-title', null, title),
    h('ul.approvals', null, rows),
  )

function row(approval, me, state, decide) {
  const pending = approval.status === 'pending'
  const forMe = waitsForMe(approval, me)
  const stead = inSteadOf(approval, me)
  const yes = approval.votes.filter((vote) => vote.decision === 'approve').length
  return h(
    'li.approval',
    { 'data-key': approval.id, class: forMe ? 'for-me' : '' },
    h(
      'div.approval-words',
      null,
      h(
        'h3',
        null,
        h(
          'a',
          { href: incidentPath(approval.incidentId) },
          `${approval.gate ? `${approval.gate} ` : ''}${approval.playbookTitle} · ${approval.service}`,
        ),
        !pending && pill(...wordsFor(approvalStates, approval.status)),
      ),
      h(
        'p.muted',
        null,
        h('strong', null, approval.requester.name),
        ' asked ',
        timeOf(approval.createdAt, 'ago'),
        ` · ${approval.impact} impact`,
        pending
          ? [` · ${yes} of ${approval.quorum} approved · expires `, timeOf(approval.expiresAt, 'ago')]
          : approval.decidedAt
            ? [' · decided ', timeOf(approval.decidedAt, 'ago')]
            : '',
      ),
      approval.votes.map((vote) =>
        h(
          'p.vote',
          { 'data-key': vote.person.id },
          icon(vote.decision === 'approve' ? 'check' : 'cross', vote.decision),
          h('span', null, vote.person.name, vote.reason && `: ${vote.reason}`),
        ),
      ),
      h(
        'p.what',
        null,
        h('a', { href: proposalPath(approval.proposalId) }, 'Every call, and what undoes it'),
      ),
      pending && !forMe && h('p.why', null, icon('info'), h('span', null, whyNotMe(approval, me))),
      forMe &&
        stead &&
        h('p.why', null, icon('info'), h('span', null, `You vote for ${stead.name}, who is away.`)),
      state?.problem && problemBox(state.problem),
    ),
    forMe &&
      h(
        'div.approval-actions',
        null,
        button('Approve', 'primary', state?.pending === 'approve', () => decide(approval, 'approve')),
        button('Reject…', 'danger', state?.pending === 'reject', () => decide(approval, 'reject')),
      ),
  )
}

const button = (label, style, busy, onclick) =>
  h(
    'button.button',
    { type: 'button', class: style, 'aria-disabled': busy ? 'true' : null, onclick },
    busy && spinner(),
    h('span', null, label),
  )
