import { get, post, problemOf, remove } from '../api.js'
import { ask, confirm, textOf } from '../dialog.js'
import { h, mount } from '../dom.js'
import { icon } from '../icons.js'
import { copyButton, empty, pageHead, pill, problemBox, skeleton } from '../parts.js'
import { read } from '../store.js'
import { timeOf } from '../time.js'
import { scopeWords } from '../words.js'

/** API keys: made here, shown once, revoked at once. */
export function keysView() {
  const element = h('div.page')
  let keys = null
  let created = null
  let problem = null

  const load = async () => {
    try {
      keys = (await get('/v1/keys?limit=200')).items
      problem = null
    } catch (error) {
      problem = problemOf(error)
    }
    draw()
  }
  const create = async () => {
    const input = await askForKey()
    if (!input) return
    try {
      created = await post('/v1/keys', input)
      problem = null
    } catch (error) {
      problem = problemOf(error)
    }
    await (problem ? draw() : load())
    element.querySelector('.key-once button')?.focus()
  }
  const revoke = async (key) => {
    const sure = await confirm({
      title: `Revoke ${key.name}?`,
      text: 'Whatever uses this key is refused from the next request on. This can’t be undone.',
      submit: 'Revoke',
    })
    if (!sure) return
    try {
      await remove(`/v1/keys/${encodeURIComponent(key.id)}`)
      if (created?.id === key.id) created = null
      await load()
    } catch (error) {
      problem = problemOf(error)
      draw()
    }
  }
  const draw = () =>
    mount(
      element,
      h(
        'div',
        { 'data-key': 'head' },
        pageHead(
          'API keys',
          'For programs and the command line. A key acts as the person it belongs to, within its scopes.',
          h(
            'button.button.primary',
            { type: 'button', onclick: create },
            icon('plus'),
            h('span', null, 'New key'),
          ),
        ),
      ),
      problem &&
        h('div', { 'data-key': 'problem' }, problemBox(problem, { retry: keys === null ? load : null })),
      created &&
        once(created, () => {
          created = null
          draw()
        }),
      keys === null && !problem && h('div', { 'data-key': 'loading' }, skeleton(6)),
      keys?.length === 0 &&
        h(
          'div',
          { 'data-key': 'empty' },
          empty(
            'key',
            'No keys yet',
            'Make one for the command line or for a program. It acts as you, within the scopes you give it.',
          ),
        ),
      keys !== null && keys.length > 0 && tableOf(keys, revoke),
    )
  draw()
  void load()
  return { element, title: 'API keys' }
}

const once = (created, done) =>
  h(
    'section.key-once',
    { 'data-key': `once-${created.id}`, 'aria-label': 'The new key' },
    h('h2', null, `Copy ${created.name} now`),
    h('p', null, 'It is shown this once. Only its hash is kept, so nobody can show it again.'),
    h('div.key-value', null, h('code', null, created.key), copyButton(created.key)),
    h('button.button.plain', { type: 'button', onclick: done }, 'I have kept it'),
  )

const tableOf = (keys, revoke) =>
  h(
    'div.table-wrap',
    { 'data-key': 'table' },
    h(
      'table.table',
      null,
      h('caption.quiet', null, 'API keys'),
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          ['Name', 'Person', 'Scopes', 'Last used', 'Expires'].map((each) => h('th', { scope: 'col' }, each)),
          h('th', { scope: 'col' }, h('span.quiet', null, 'Action')),
        ),
      ),
      h(
        'tbody',
        null,
        keys.map((key) => rowOf(key, revoke)),
      ),
    ),
  )

function rowOf(key, revoke) {
  const expired = key.expiresAt !== null && Date.parse(key.expiresAt) < Date.now()
  const dead = key.revokedAt !== null || expired
  return h(
    'tr',
    { 'data-key': key.id, class: dead ? 'dead' : '' },
    h(
      'th',
      { scope: 'row' },
      key.name,
      key.revokedAt && pill('revoked'),
      !key.revokedAt && expired && pill('expired'),
    ),
    h('td', { 'data-label': 'Person' }, key.person.name),
    h('td', { 'data-label': 'Scopes' }, key.scopes.join(', ')),
    h('td', { 'data-label': 'Last used' }, key.lastUsedAt ? timeOf(key.lastUsedAt, 'ago') : 'never'),
    h('td', { 'data-label': 'Expires' }, key.expiresAt ? timeOf(key.expiresAt, 'ago') : 'never'),
    h(
      'td.table-action',
      null,
      !dead &&
        h(
          'button.button.small.danger',
          { type: 'button', onclick: () => revoke(key), 'aria-label': `Revoke ${key.name}` },
          'Revoke…',
        ),
    ),
  )
}

function askForKey() {
  const mine = read().me?.scopes ?? []
  return ask({
    title: 'New API key',
    submit: 'Create key',
    body: [
      h(
        'div.field',
        null,
        h('label', { for: 'key-name' }, 'Name'),
        h('input', {
          id: 'key-name',
          name: 'name',
          required: true,
          maxlength: 100,
          placeholder: 'laptop',
          autocomplete: 'off',
        }),
      ),
      h(
        'fieldset.field',
        null,
        h('legend', null, 'May'),
        Object.entries(scopeWords)
          .filter(([scope]) => mine.includes(scope))
          .map(([scope, words]) =>
            h(
              'label.check',
              null,
              h('input', { type: 'checkbox', name: 'scopes', value: scope, checked: scope === 'read' }),
              h('span', null, h('strong', null, scope), h('span.muted', null, words)),
            ),
          ),
      ),
      h(
        'div.field',
        null,
        h('label', { for: 'key-days' }, 'Expires'),
        h(
          'select',
          { id: 'key-days', name: 'days' },
          [
            [30, 'in 30 days'],
            [90, 'in 90 days'],
            [365, 'in a year'],
            ['', 'never'],
          ].map(([value, words]) => h('option', { value: String(value), selected: value === 90 }, words)),
        ),
      ),
    ],
    onSubmit: (form) => {
      const days = Number(form.get('days'))
      const scopes = form.getAll('scopes').map(String)
      return {
        name: textOf(form, 'name'),
        scopes: scopes.length > 0 ? scopes : ['read'],
        ...(days > 0 ? { expiresInDays: days } : {}),
      }
    },
  })
}
