import { h } from '../dom.js'
import { icon } from '../icons.js'
import { avatar, pill, problemBox, skeleton } from '../parts.js'
import { timeOf } from '../time.js'
import { roleWords } from '../words.js'

/** One person: what they may do and since when that is known, their accounts, and what an admin can do about them. */

export const chatNames = { slack: 'Slack', discord: 'Discord' }
const groupNames = { slack: 'Slack group', discord: 'Discord role' }

/** A row that opens. `accounts` is null while they load, and a problem when they could not be read. */
export function personRow(person, open, accounts, { toggle, busy, act }) {
  const disabled = person.disabledAt !== null
  return h(
    'li.person',
    { 'data-key': person.id, class: disabled ? 'dead' : '' },
    h(
      'button.person-head',
      {
        type: 'button',
        'aria-expanded': String(open),
        'aria-controls': open ? `person-${person.id}` : null,
        onclick: () => toggle(person.id),
      },
      avatar(person),
      h(
        'span.people-words',
        null,
        h('strong', null, person.name),
        h('span.muted', null, person.roles.join(', ') || 'no role'),
      ),
      person.kind === 'service_account' && pill('service account'),
      disabled && pill('disabled', 'bad'),
      h('span.person-arrow', null, icon('down')),
    ),
    open &&
      h(
        'div.person-body',
        { 'data-key': 'body', id: `person-${person.id}` },
        rolesOf(person, accounts),
        accountsOf(person, accounts, { act, busy, own: false }),
        h(
          'div.person-foot',
          null,
          h(
            'p.muted',
            null,
            h('code', null, person.id),
            disabled && [' · disabled ', timeOf(person.disabledAt, 'ago')],
          ),
          disabled
            ? h(
                'button.button.small',
                {
                  type: 'button',
                  'data-key': 'enable',
                  disabled: busy,
                  onclick: () => act.enable(person),
                  'aria-label': `Enable ${person.name}`,
                },
                'Enable…',
              )
            : h(
                'button.button.small.danger',
                {
                  type: 'button',
                  'data-key': 'disable',
                  disabled: busy,
                  onclick: () => act.disable(person),
                  'aria-label': `Disable ${person.name}`,
                },
                'Disable…',
              ),
        ),
      ),
  )
}

const isList = (accounts) => Array.isArray(accounts)

/** Each role with where it comes from. */
export const rolesOf = (person, accounts) =>
  h(
    'dl.role-list',
    { 'data-key': 'roles', 'aria-label': `Roles of ${person.name}` },
    person.roles.length === 0 &&
      h('div', null, h('dt', null, 'no role'), h('dd', null, 'may neither look nor act')),
    person.roles.map((role) =>
      h(
        'div',
        { 'data-key': role },
        h('dt', { title: roleWords[role] ?? '' }, role),
        h('dd', null, person.rolesFrom === 'granted' ? 'granted by an admin' : sourcesOf(role, accounts)),
      ),
    ),
  )

function sourcesOf(role, accounts) {
  if (!isList(accounts)) return h('span.muted', null, 'by a group of a chat')
  const sources = accounts.filter((account) => account.roles.includes(role))
  return sources.length === 0
    ? h('span.source', null, 'by no group that Suture knows', pill('does not count', 'warning'))
    : sources.map(sourceOf)
}

function sourceOf({ chat, account, rolesSeenAt, rolesCountUntil }) {
  const counts = rolesCountUntil !== null && Date.parse(rolesCountUntil) > Date.now()
  return h(
    'span.source',
    { 'data-key': `${chat} ${account}` },
    h(
      'span',
      null,
      groupNames[chat] ?? `group of ${chat}`,
      rolesSeenAt === null ? ', never seen' : [', last seen ', timeOf(rolesSeenAt, 'ago')],
      rolesCountUntil !== null && [
        counts ? ', counts until ' : ', counted until ',
        timeOf(rolesCountUntil, 'clock'),
      ],
    ),
    !counts && pill('does not count', 'warning'),
  )
}

/** `act` is null for whoever may only look. */
export function accountsOf(person, accounts, { act, busy, own }) {
  if (accounts === null) return h('div', { 'data-key': 'accounts' }, skeleton(2))
  if (!isList(accounts)) return h('div', { 'data-key': 'accounts' }, problemBox(accounts))
  return h(
    'ul.account-list',
    { 'data-key': 'accounts', 'aria-label': `Accounts of ${person.name}` },
    accounts.length === 0 &&
      h(
        'li.muted',
        null,
        own ? 'No account of a chat is linked to you yet.' : 'No account of a chat is linked.',
      ),
    accounts.map((each) =>
      h(
        'li',
        { 'data-key': `${each.chat} ${each.account}` },
        h(
          'span.account-words',
          null,
          h('span', null, chatNames[each.chat] ?? each.chat, ' ', h('code', null, each.account)),
          h('span.muted', null, 'linked ', timeOf(each.linkedAt, 'ago')),
        ),
        act &&
          h(
            'button.button.small',
            {
              type: 'button',
              disabled: busy,
              onclick: () => act.unlink(person, each),
              'aria-label': `Unlink ${each.account} from ${person.name}`,
            },
            'Unlink…',
          ),
      ),
    ),
    own &&
      act === null &&
      accounts.length > 0 &&
      h('li.muted', { 'data-key': 'how' }, 'To take one off, type /heal unlink there.'),
  )
}
