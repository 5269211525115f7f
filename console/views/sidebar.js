import { signOut } from '../data.js'
import { h } from '../dom.js'
import { icon } from '../icons.js'
import { avatar } from '../parts.js'
import { showHelp } from '../shortcuts.js'
import { write } from '../store.js'
import { nextTheme, themeLabel, toggleTheme } from '../theme-toggle.js'
import { roleWords } from '../words.js'
import { waitsForMe } from './approval-rules.js'
import { labStrip } from './lab.js'
import { personaPicker } from './persona.js'

/** Where one can go, and who one is. */
export function sidebar(state) {
  const { me, route, channels, channel } = state
  const waiting = (state.approvals ?? []).filter((each) => waitsForMe(each, me)).length
  const running = state.queue?.running.length ?? 0
  return [
    h(
      'div.sidebar-head',
      null,
      h(
        'a.brand',
        { href: '/', 'aria-label': 'Suture, home' },
        h('img', { src: '/assets/mark.svg', alt: '', width: 26, height: 26 }),
        h('span', null, 'Suture'),
      ),
      h('div.grow'),
      h(
        'button.icon-button',
        { type: 'button', onclick: toggleTheme, 'aria-label': themeLabel(), title: themeLabel() },
        icon(nextTheme() === 'dark' ? 'moon' : 'sun'),
      ),
      h(
        'button.icon-button',
        {
          type: 'button',
          onclick: showHelp,
          'aria-label': 'Keyboard shortcuts',
          title: 'Keyboard shortcuts (?)',
        },
        icon('help'),
      ),
    ),
    h(
      'nav.nav',
      { 'aria-label': 'Pages' },
      place('/', 'home', 'Home', route?.name === 'home'),
      place(
        '/approvals',
        'inbox',
        'Approvals',
        route?.name === 'approvals',
        waiting > 0 && h('span.badge', { 'aria-label': `${waiting} wait for you` }, waiting),
      ),
      place(
        '/runs',
        'play',
        'Runs',
        route?.name === 'queue',
        running > 0 && h('span.count', { 'aria-label': `${running} under way` }, running),
      ),
    ),
    h(
      'nav.nav',
      { 'aria-labelledby': 'channels-title' },
      h('h2.nav-title', { id: 'channels-title' }, 'Channels'),
      channels.map((each) =>
        place(
          `/?channel=${encodeURIComponent(each.name)}`,
          'hash',
          each.name,
          each.name === channel && (route?.name === 'incident' || route?.name === 'home'),
          each.open > 0 && h('span.count', { 'aria-label': `${each.open} open` }, each.open),
          'soft',
        ),
      ),
      channels.length === 0 &&
        h('p.nav-empty', null, 'Channels come with the first service in the catalogue.'),
    ),
    state.lab && labStrip(state.lab),
    h('div.grow'),
    h(
      'nav.nav',
      { 'aria-label': 'Settings' },
      place('/learning', 'chart', 'Learning', route?.name === 'learning'),
      place('/silences', 'moon', 'Silences', route?.name === 'silences'),
      place('/governance', 'shield', 'Governance', route?.name === 'governance'),
      place(
        '/people',
        'person',
        me.scopes.includes('admin') ? 'People' : 'Your account',
        route?.name === 'people',
      ),
      place('/keys', 'key', 'API keys', route?.name === 'keys'),
      place('/health', 'pulse', 'Health', route?.name === 'health'),
    ),
    h('div.sidebar-foot', null, me.lab ? personaPicker(me) : signedInAs(me)),
  ]
}

const place = (href, iconName, label, here, extra = null, soft = '') =>
  h(
    'a.nav-item',
    { href, class: soft, 'aria-current': here ? 'page' : null, 'data-key': href },
    icon(iconName),
    h('span.nav-label', null, label),
    extra,
  )

const signedInAs = (me) =>
  h(
    'div.whoami',
    { title: me.person.roles.map((role) => roleWords[role] ?? role).join('; ') },
    avatar(me.person),
    h(
      'span.whoami-words',
      null,
      h('strong', null, me.person.name),
      h('span.muted', null, me.person.roles.join(', ')),
    ),
    h(
      'button.icon-button',
      { type: 'button', 'aria-label': 'Sign out', title: 'Sign out', onclick: signOut },
      icon('out'),
    ),
  )

/** On narrow screens: the way to the sidebar. */
export function topbar({ me, drawer, approvals }) {
  if (!me?.signedIn) return []
  const waiting = (approvals ?? []).filter((each) => waitsForMe(each, me)).length
  return [
    h(
      'button.icon-button',
      {
        type: 'button',
        'aria-label': drawer ? 'Close the menu' : 'Open the menu',
        'aria-expanded': String(drawer),
        'aria-controls': 'sidebar',
        onclick: () => write({ drawer: !drawer }),
      },
      icon(drawer ? 'cross' : 'menu'),
    ),
    h(
      'a.brand',
      { href: '/', 'aria-label': 'Suture, home' },
      h('img', { src: '/assets/mark.svg', alt: '', width: 24, height: 24 }),
      h('span', null, 'Suture'),
    ),
    h('div.grow'),
    h(
      'a.topbar-link',
      { href: '/approvals' },
      icon('inbox'),
      h('span', null, 'Approvals'),
      waiting > 0 && h('span.badge', null, waiting),
    ),
  ]
}
