import { get, post, problemOf } from '../api.js'
import { confirm } from '../dialog.js'
import { h, mount } from '../dom.js'
import { refreshOn } from '../events.js'
import { announce, empty, pageHead, problemBox, skeleton } from '../parts.js'
import { read, subscribe } from '../store.js'
import { awayPanel } from './away.js'
import { linkPanel } from './link-account.js'
import { accountsOf, chatNames, personRow, rolesOf } from './person.js'

/** Who there is, what each may do and why, and through which accounts; for whoever is no admin, themselves. */
export function peopleView() {
  const element = h('div.page')
  const state = {
    people: null,
    more: null,
    /** Accounts by the id of their person: null while they load, or a problem. */
    accounts: new Map(),
    problem: null,
    busy: false,
    act: null,
  }
  const links = linkPanel({
    changed: () => draw(),
    linked: () => load(),
    focus: (selector) => element.querySelector(selector)?.focus(),
  })

  const away = awayPanel({ changed: () => draw() })

  const load = async () => {
    try {
      // Those on later pages that are shown already, too: nobody vanishes while one reads.
      const wanted = state.people?.length ?? 0
      let page = await listed(null)
      let items = page.items
      while (page.next !== null && (items.length < wanted || !(isAdmin() || items.some(isMe)))) {
        page = await listed(page.next)
        items = [...items, ...page.items]
      }
      Object.assign(state, { people: items, more: page.next, problem: null })
    } catch (error) {
      state.problem = problemOf(error)
    }
    draw()
    const mine = read().me?.person?.id
    await Promise.all([...new Set([...state.accounts.keys(), ...(mine ? [mine] : [])])].map(loadAccounts))
  }
  const loadAccounts = async (id) => {
    if (!state.accounts.has(id)) state.accounts.set(id, null)
    const found = await get(`/v1/people/${encodeURIComponent(id)}/accounts`).then(
      ({ items }) => items,
      problemOf,
    )
    // Closed meanwhile.
    if (!state.accounts.has(id)) return
    state.accounts.set(id, found)
    draw()
  }
  const toggle = (id) => {
    if (state.accounts.has(id)) state.accounts.delete(id)
    else void loadAccounts(id)
    draw()
  }
  const loadMore = async () => {
    try {
      const page = await listed(state.more)
      Object.assign(state, { people: [...state.people, ...page.items], more: page.next, problem: null })
    } catch (error) {
      state.problem = problemOf(error)
    }
    draw()
  }
  /** Asks first; what the server refuses stands above the list, in its words. */
  const act = async (question, path, body, said) => {
    if (state.busy || !(question === null || (await confirm(question)))) return
    state.busy = true
    state.problem = null
    draw()
    try {
      await post(path, body)
      announce(said)
    } catch (error) {
      state.problem = problemOf(error)
    }
    state.busy = false
    const { problem } = state
    await load()
    state.problem ??= problem
    draw()
    if (problem) element.querySelector('[data-key="problem"]')?.scrollIntoView({ block: 'nearest' })
  }
  state.act = actions(act)

  const draw = () => mount(element, content(state, { toggle, load, loadMore, links, away }))
  const stops = [subscribe(draw), refreshOn(['person'], load), refreshOn(['person'], away.load)]
  draw()
  void load()
  void away.load()
  const stop = () => {
    for (const each of stops) each()
  }
  return { element, title: isAdmin() ? 'People' : 'Your account', destroy: stop }
}

const listed = (after) =>
  get(`/v1/people?state=all&limit=200${after === null ? '' : `&after=${encodeURIComponent(after)}`}`)

const isAdmin = () => read().me?.scopes.includes('admin') === true
const isMe = (person) => person.id === read().me?.person?.id

const actions = (act) => ({
  disable: (person) =>
    act(
      {
        title: `Disable ${person.name}?`,
        text: 'Their sessions end at once, and keys and chat accounts of theirs open nothing. You can enable them again.',
        submit: 'Disable',
      },
      `/v1/people/${encodeURIComponent(person.id)}/disable`,
      undefined,
      `${person.name} is disabled.`,
    ),
  enable: (person) =>
    act(
      {
        title: `Enable ${person.name}?`,
        text: 'They may act again. Keys of theirs that were not revoked work again.',
        submit: 'Enable',
        style: 'primary',
      },
      `/v1/people/${encodeURIComponent(person.id)}/enable`,
      undefined,
      `${person.name} is enabled.`,
    ),
  unlink: (person, { chat, account }) =>
    act(
      {
        title: `Take ${account} off ${person.name}?`,
        text: `This account of ${chatNames[chat] ?? chat} opens nothing until somebody links it again with a code.`,
        submit: 'Take it off',
      },
      `/v1/people/${encodeURIComponent(person.id)}/unlink`,
      { chat, account },
      `${account} is taken off ${person.name}.`,
    ),
})

function content(state, { toggle, load, loadMore, links, away }) {
  const { people, more, accounts, problem, busy, act } = state
  const admin = isAdmin()
  const mine = people?.find(isMe)
  const others = people?.filter((person) => !isMe(person)) ?? []
  return [
    h(
      'div',
      { 'data-key': 'head' },
      pageHead(
        admin ? 'People' : 'Your account',
        admin
          ? 'Who may do what and why, through which accounts, and who is away.'
          : 'What you may do and why, who votes while you are away, and the accounts of chats that count as you.',
      ),
    ),
    problem &&
      h('div', { 'data-key': 'problem' }, problemBox(problem, { retry: people === null ? load : null })),
    people === null && !problem && h('div', { 'data-key': 'loading' }, skeleton(6)),
    mine && ownPanel(mine, accounts.get(mine.id) ?? null, { admin, busy, act }),
    mine && away.own(),
    mine && links(),
    mine && away.others(admin),
    admin &&
      people !== null &&
      h(
        'section.group',
        { 'data-key': 'everybody', 'aria-labelledby': 'everybody-title' },
        h(
          'h2.pane-title',
          { id: 'everybody-title' },
          'Everybody else',
          others.length > 0 && h('span.count', null, more === null ? others.length : `${others.length}+`),
        ),
        others.length === 0
          ? empty(
              'person',
              'Nobody else yet',
              'People of Slack and Discord appear here once they do something in a chat. Others are added with suture people add.',
            )
          : h(
              'ul.persons',
              null,
              others.map((person) =>
                personRow(person, accounts.has(person.id), accounts.get(person.id) ?? null, {
                  toggle,
                  busy,
                  act,
                }),
              ),
            ),
        more !== null &&
          h('button.button', { type: 'button', onclick: loadMore, 'data-key': 'more' }, 'Show more people'),
      ),
  ]
}

const ownPanel = (person, accounts, { admin, busy, act }) =>
  h(
    'section.panel',
    { 'data-key': 'own', 'aria-labelledby': 'own-title' },
    h('h2', { id: 'own-title' }, person.name),
    rolesOf(person, accounts),
    accountsOf(person, accounts, { act: admin ? act : null, busy, own: true }),
  )
