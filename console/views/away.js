import { get, post, problemOf, remove } from '../api.js'
import { ask, confirm, textOf } from '../dialog.js'
import { h } from '../dom.js'
import { announce, pill, problemBox, skeleton } from '../parts.js'
import { read } from '../store.js'
import { timeOf } from '../time.js'
import { shortName } from '../words.js'

/** Who votes in whose stead: for oneself the means to go and to come back, for an admin those of the others. */

const voting = ['approver', 'override', 'admin']
const longestDays = 30

export function awayPanel({ changed }) {
  let delegations = null
  let problem = null
  let busy = false

  const load = async () => {
    try {
      delegations = (await get('/v1/delegations')).items
      problem = null
    } catch (error) {
      problem = problemOf(error)
    }
    changed()
  }
  const change = async (send, said) => {
    if (busy) return
    busy = true
    changed()
    const failed = await send().then(() => null, problemOf)
    if (!failed) announce(said)
    busy = false
    await load()
    problem ??= failed
    changed()
  }
  const leave = async () => {
    const people = await everybody().catch((error) => {
      problem = problemOf(error)
      changed()
      return null
    })
    const wanted = people && (await askForStandIn(people.filter(mayStandIn)))
    if (wanted) await change(() => post('/v1/delegations', wanted), 'You are away.')
  }
  const end = async (delegation) => {
    const mine = isMe(delegation.person)
    const sure =
      mine ||
      (await confirm({
        title: `Is ${delegation.person.name} back?`,
        text: `${delegation.delegate.name} votes for them no more. What was voted stays.`,
        submit: 'End it',
      }))
    if (sure)
      await change(
        () => remove(`/v1/delegations/${encodeURIComponent(delegation.id)}`),
        mine ? 'You are back.' : `${delegation.person.name} is back.`,
      )
  }

  const own = () => {
    const { me } = read()
    const mine = delegations?.find(({ person }) => isMe(person))
    const forOthers = delegations?.filter(({ delegate }) => isMe(delegate)) ?? []
    const hasVote = voting.some((role) => me.person.roles.includes(role))
    if (!hasVote && forOthers.length === 0) return null
    return h(
      'section.panel',
      { 'data-key': 'away', 'aria-labelledby': 'away-title' },
      h('h2', { id: 'away-title' }, hasVote ? 'While you are away' : 'In whose stead you vote'),
      problem && problemBox(problem, { retry: delegations === null ? load : null }),
      delegations === null && !problem && skeleton(1),
      delegations && hasVote && ownState(mine, { busy, leave, end }),
      forOthers.map((each) =>
        h(
          'p',
          { 'data-key': each.id },
          'You vote for ',
          h('strong', null, each.person.name),
          ' ',
          spanOf(each),
          '.',
        ),
      ),
    )
  }
  /** Of everybody else; an admin may end them. */
  const others = (admin) => {
    const theirs =
      delegations?.filter(({ person, delegate }) => !isMe(person) && (admin || !isMe(delegate))) ?? []
    if (delegations === null || (theirs.length === 0 && !admin)) return null
    return h(
      'section.group',
      { 'data-key': 'who-is-away', 'aria-labelledby': 'who-is-away-title' },
      h('h2.pane-title', { id: 'who-is-away-title' }, 'Who is away'),
      theirs.length === 0
        ? h('p.muted', null, 'Nobody else is away. Whoever is has named somebody who votes for them.')
        : h(
            'ul.away-list',
            null,
            theirs.map((each) => awayRow(each, admin ? { busy, end } : null)),
          ),
    )
  }
  return { load, own, others }
}

const isMe = ({ id }) => id === read().me?.person?.id
const mayStandIn = (person) => person.kind === 'human' && person.disabledAt === null && !isMe(person)

const ownState = (mine, { busy, leave, end }) => [
  h(
    'p',
    { 'data-key': 'state' },
    mine
      ? [
          h('strong', null, mine.delegate.name),
          ` ${mine.holds ? 'votes' : 'will vote'} for you `,
          spanOf(mine),
          '. Neither of you votes where the other has.',
        ]
      : 'You are here and vote yourself. Before you leave, name somebody who votes in your stead.',
  ),
  h(
    'div',
    { 'data-key': 'act' },
    mine
      ? h(
          'button.button.primary',
          { type: 'button', 'data-key': 'back', disabled: busy, onclick: () => end(mine) },
          mine.holds ? 'I am back' : 'I stay',
        )
      : h(
          'button.button',
          { type: 'button', 'data-key': 'leave', disabled: busy, onclick: leave },
          'I am away…',
        ),
  ),
]

/** `until 18:00 (in 2 h)`, with the beginning where it lies ahead. */
const spanOf = ({ holds, from, until }) => [
  !holds && ['from ', timeOf(from, 'clock'), ' '],
  'until ',
  timeOf(until, 'clock'),
  ' (',
  timeOf(until, 'ago'),
  ')',
]

const awayRow = (each, act) =>
  h(
    'li',
    { 'data-key': each.id },
    h(
      'span',
      null,
      h('strong', null, each.person.name),
      !each.holds && [' ', pill('ahead')],
      h('span.muted', null, `${each.delegate.name} votes for them `, spanOf(each)),
    ),
    act &&
      h(
        'button.button.small',
        {
          type: 'button',
          disabled: act.busy,
          'aria-label': `End: ${each.delegate.name} votes for ${each.person.name}`,
          onclick: () => act.end(each),
        },
        'End…',
      ),
  )

async function everybody() {
  let people = []
  let after = null
  do {
    const page = await get(
      `/v1/people?limit=200${after === null ? '' : `&after=${encodeURIComponent(after)}`}`,
    )
    people = [...people, ...page.items]
    after = page.next
  } while (after !== null)
  return people
}

/** As the field writes it: by the clock of whoever reads, without seconds. */
const localMinute = (at) =>
  new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16)

const timeField = (name, label, attributes, hint) =>
  h(
    'div.field',
    null,
    h('label', { for: `away-${name}` }, label),
    h('input', {
      id: `away-${name}`,
      name,
      type: 'datetime-local',
      min: localMinute(Date.now()),
      'aria-describedby': `away-${name}-hint`,
      ...attributes,
    }),
    h('p.hint', { id: `away-${name}-hint` }, hint),
  )

const instantOf = (form, name) => {
  const typed = textOf(form, name)
  return typed === '' ? undefined : new Date(typed).toISOString()
}

const askForStandIn = (people) =>
  ask({
    title: 'Who votes while you are away?',
    submit: 'I am away',
    body: [
      h(
        'div.field',
        null,
        h('label', { for: 'away-to' }, 'Votes in your stead'),
        h(
          'select',
          { id: 'away-to', name: 'to', required: true },
          h('option', { value: '' }, 'Choose somebody'),
          people.map(({ id, name, roles }) =>
            h('option', { value: id }, `${shortName(name)} (${roles.join(', ') || 'no role'})`),
          ),
        ),
        h('p.hint', null, 'With what your roles and groups allow, and never where one of you has asked.'),
      ),
      timeField('until', 'Until', { required: true }, `By your clock, at most ${longestDays} days.`),
      timeField('from', 'From', {}, 'Empty: from now on.'),
    ],
    onSubmit: (form) => ({
      to: textOf(form, 'to'),
      until: instantOf(form, 'until'),
      from: instantOf(form, 'from'),
    }),
  })
