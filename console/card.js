import { chartOf } from './chart.js'
import { h } from './dom.js'
import { icon, severityIcon, spinner } from './icons.js'
import { incidentPath, proposalPath, runPath } from './router.js'
import { timeOf } from './time.js'
import { shortName } from './words.js'

/**
 * Draws the Card tree of src/domain/card.ts. Every span becomes a text node, so that alert text with markup or mentions
 * shows as the text it is.
 *
 * @typedef {{ pending: string | null, result: any, onPress: (action: any) => void, refusalExtra: (result: any) => Node[], dismiss: () => void }} CardState
 */

export const cardIcons = {
  incident: 'alert',
  evidence: 'search',
  proposal: 'needle',
  run: 'play',
  outcome: 'check',
  answer: 'chat',
  notice: 'info',
}

/** @param {any} item a thread item of kind card @param {CardState} state */
export function cardOf(item, state) {
  const { card } = item
  const actions = card.blocks.flatMap((block) => (block.kind === 'actions' ? block.actions : []))
  const asks = actions.length > 0
  const titleId = `title-${item.id}`
  return h(
    'article.card',
    { class: `tone-${card.tone} kind-${card.kind}${asks ? ' asks' : ''}`, 'aria-labelledby': titleId },
    h(
      'header.card-head',
      null,
      h('h3', { id: titleId }, card.title),
      h(
        'span.card-state',
        null,
        card.severity && h('span.severity-word', null, severityIcon(card.severity), card.severity),
        card.status && h('span.pill', { class: `tone-${card.tone}` }, card.status),
      ),
    ),
    card.blocks.map((block) => blockOf(block, state, card.kind)),
    card.kind === 'proposal' && item.id.includes('/proposal/') && wholePlan(item.id),
    // Once the buttons are gone, the card itself says what came of the press.
    state.result && (asks || !state.result.done) && resultOf(state, actions),
  )
}

/** The card shows the first call of each step; the page shows all. A card's id ends with what it is about. */
const wholePlan = (cardId) =>
  h(
    'p.block-more',
    null,
    h('a', { href: proposalPath(cardId.split('/').at(-1)) }, 'Every call, and what undoes it'),
  )

function blockOf(block, state, kind) {
  switch (block.kind) {
    case 'text':
      return h(
        'p.block-text',
        block.tone && block.tone !== 'neutral' ? { class: `callout tone-${block.tone}` } : null,
        spans(block.text),
      )
    case 'fields':
      return h(
        'dl.block-fields',
        null,
        block.fields.map((field) => [h('dt', null, field.label), h('dd', null, spans(field.value))]),
      )
    case 'steps':
      return stepsOf(block, kind === 'proposal' && block.steps.every((step) => step.mark === 'waiting'))
    case 'context':
      return h('p.block-context', null, spans(block.text))
    case 'chart':
      return chartOf(block)
    case 'actions':
      return block.actions.length === 0 ? null : actionsOf(block.actions, state)
    default:
      // A newer server may send a block this page does not know: better a line that says so than a hole.
      return h('p.block-context', null, 'This part needs a newer console: reload the page.')
  }
}

/** @param {readonly any[]} text spans */
export const spans = (text) => text.map(spanOf)

function spanOf(span) {
  switch (span.kind) {
    case 'bold':
      return h('strong', null, span.text)
    case 'code':
      return codeOf(span.text)
    case 'link':
      return linkOf(span.text, span.url)
    case 'mention':
      return h('span.mention', { title: span.name }, `@${shortName(span.name)}`)
    case 'time':
      return timeOf(span.at, span.precision === 'second' ? 'seconds' : 'clock')
    default:
      return span.text ?? ''
  }
}

/** The id of a run or incident leads to its page. */
function codeOf(text) {
  const path = /^run-\d+$/.test(text) ? runPath(text) : /^inc-\d+$/.test(text) ? incidentPath(text) : null
  const code = h(text.includes('\n') ? 'code.output' : 'code', null, text)
  return path === null ? code : h('a', { href: path }, code)
}

/** A link only where the address is http or https; anything else shows as its text. */
export function linkOf(text, url) {
  const parsed = URL.canParse(url, location.origin) ? new URL(url, location.origin) : null
  if (!parsed || !/^https?:$/.test(parsed.protocol)) return h('span', { title: url }, text)
  if (parsed.origin === location.origin) return h('a', { href: parsed.pathname + parsed.search }, text)
  return h(
    'a.outward',
    { href: parsed.href, target: '_blank', rel: 'noopener noreferrer', title: parsed.href },
    text,
  )
}

const marks = {
  waiting: [null, 'waiting'],
  running: ['spinner', 'running'],
  succeeded: ['check', 'done'],
  failed: ['cross', 'failed'],
  skipped: ['dash', 'skipped'],
  unknown: ['help', 'outcome unknown'],
  undone: ['undo', 'undone'],
}

/** The sign before a step, with its word for those who can't see it. */
export function markOf(mark) {
  const [name, word] = marks[mark] ?? marks.unknown
  const sign = name === 'spinner' ? spinner() : name ? icon(name) : null
  return h('span.mark', { class: `mark-${mark}` }, sign, h('span.quiet', null, `${word}: `))
}

export function progressBar(done, total, label, tone = '') {
  const share = total > 0 ? Math.min(1, done / total) : 0
  return h(
    'div.progress',
    {
      role: 'progressbar',
      'aria-label': label,
      'aria-valuemin': '0',
      'aria-valuemax': total,
      'aria-valuenow': Math.min(done, total),
      class: tone,
    },
    h('span', { vars: { share } }),
  )
}

/** @param {boolean} planned nothing runs yet: a list of what would be done, without a bar */
function stepsOf({ title, steps, done, total }, planned) {
  const bad = steps.some((step) => step.mark === 'failed' || step.mark === 'unknown')
  return h(
    'section.block-steps',
    null,
    h('div.steps-head', null, h('h4', null, title), !planned && h('span.count', null, `${done} of ${total}`)),
    !planned && progressBar(done, total, title, bad ? 'bad' : ''),
    h(
      'ol.steps',
      null,
      steps.map((step) =>
        h(
          'li',
          { class: `step-${step.mark}` },
          markOf(step.mark),
          h(
            'span.step-text',
            null,
            h('span.step-title', null, step.title),
            step.detail && h('span.step-detail', null, step.detail),
          ),
        ),
      ),
    ),
  )
}

function actionsOf(actions, { pending, onPress }) {
  return h(
    'div.block-actions',
    null,
    actions.map((action) => {
      const busy = pending === action.token
      return h(
        'button.button',
        {
          type: 'button',
          class: action.style,
          // aria-disabled, not disabled: the focus must not be lost while it works.
          'aria-disabled': pending !== null ? 'true' : null,
          'aria-busy': busy ? 'true' : null,
          'aria-haspopup': action.prompt ? 'dialog' : null,
          'data-key': `action-${action.style}-${action.label}`,
          onclick: () => pending === null && onPress(action),
        },
        busy && spinner(),
        h('span', null, action.label, action.prompt ? '…' : ''),
      )
    }),
  )
}

/** What the rule that refused looked at: for whoever wants to know, behind one press. */
function factsOf(facts = {}) {
  const seen = Object.entries(facts).filter(([, value]) => value !== null && value !== '')
  return seen.length === 0
    ? null
    : h(
        'details.rule-facts',
        null,
        h('summary', null, 'What the rule saw'),
        h(
          'dl',
          null,
          seen.map(([name, value]) => [
            h('dt', null, name.replaceAll('_', ' ')),
            h('dd', null, String(value)),
          ]),
        ),
      )
}

/** What came of a press, right where it was pressed. */
function resultOf(state, shown) {
  const { result, refusalExtra, dismiss } = state
  // The next right step, unless its button stands right above.
  const next = (result.next ?? []).filter(({ token }) => shown.every((action) => action.token !== token))
  const extra = result.done ? [] : refusalExtra(result)
  return h(
    'div.click-result',
    {
      class: result.done ? 'tone-good' : 'tone-bad',
      role: result.done ? 'status' : 'alert',
      'data-key': 'result',
    },
    icon(result.done ? 'check' : 'stop'),
    h(
      'div.click-words',
      null,
      h('strong', null, result.title, result.status && ` (${result.status})`),
      result.message && h('p', null, result.message),
      result.remedy && h('p.remedy', null, result.remedy),
      result.earliest && h('p.earliest', null, 'Earliest: ', timeOf(result.earliest)),
      next.length > 0 && actionsOf(next, state),
      extra.length > 0 && h('div.problem-actions', null, ...extra),
      factsOf(result.facts),
    ),
    h('button.icon-button', { type: 'button', 'aria-label': 'Dismiss', onclick: dismiss }, icon('cross')),
  )
}
