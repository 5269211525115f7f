import { h } from '../dom.js'
import { icon } from '../icons.js'
import { pill } from '../parts.js'
import { governancePath } from '../router.js'
import { timeOf } from '../time.js'
import { modes, plural } from '../words.js'
import { isOpen, leftOf } from './break-glass.js'

/** What holds at this moment, one line each, and the switch that stops everything: nobody has to look for it. */

/**
 * Each is null while it is not known.
 * @param {{ governance: any, settings: number | null, glass: any[] | null, freezes: any[] | null, windows: any, maySwitch: boolean, stopOrGo: (on: boolean) => void }} now
 */
export const holdsPanel = ({ governance, settings, glass, freezes, windows, maySwitch, stopOrGo }) =>
  h(
    'section.panel.holds',
    {
      'data-key': 'holds',
      'aria-labelledby': 'holds-title',
      class: governance.emergencyStop ? 'stopped' : '',
    },
    h(
      'div.panel-head',
      null,
      h('h2', { id: 'holds-title' }, 'What holds now'),
      stopButton(governance.emergencyStop, maySwitch, stopOrGo),
    ),
    h(
      'dl',
      null,
      line(
        'Emergency stop',
        governance.emergencyStop ? [pill('on', 'bad'), ' Nothing new runs until an admin lifts it.'] : 'Off',
      ),
      line('Mode', modeLine(governance.mode, settings), 'modes'),
      line('Break-glass', glass && glassLine(glass), 'glass'),
      line('Freezes', freezes && freezeLine(freezes), 'calendar'),
      line('Change windows', windows && windowLine(windows), 'calendar'),
    ),
  )

const stopButton = (on, maySwitch, stopOrGo) =>
  h(
    'button.button',
    {
      type: 'button',
      'data-key': 'stop',
      class: on ? 'primary' : 'danger',
      disabled: !maySwitch,
      title: on ? null : 'Refuses new runs and cancels running ones, at once',
      onclick: () => stopOrGo(!on),
    },
    icon(on ? 'play' : 'stop'),
    h('span', null, on ? 'Lift the stop…' : 'Stop everything…'),
  )

const line = (label, words, tab) =>
  h(
    'div',
    { 'data-key': label },
    h('dt', null, tab ? h('a', { href: governancePath(tab) }, label) : label),
    h('dd', null, words ?? '…'),
  )

const modeLine = (mode, settings) => [
  h('strong', null, modes[mode]?.[0] ?? mode),
  settings > 0 &&
    `, but ${plural(settings, 'service or playbook has', 'services or playbooks have')} a mode of ${settings === 1 ? 'its' : 'their'} own`,
]

const glassLine = ([first, ...more]) => {
  if (!first) return 'None is broken'
  const where = first.service ?? 'all services'
  return [
    isOpen(first)
      ? [pill('open', 'bad'), ` For ${where}, ends in `, h('span.countdown', null, leftOf(first))]
      : [pill('not reviewed', 'warning'), ` For ${where}: Suture does no more than propose`],
    more.length > 0 && `, and ${more.length} more`,
  ]
}

const freezeLine = (freezes) => {
  const [first, ...more] = freezes.filter(({ from }) => Date.parse(from) <= Date.now())
  if (!first) return freezes.length === 0 ? 'None' : `None now, ${freezes.length} ahead`
  return [
    pill('frozen', 'warning'),
    ` ${first.what} until `,
    timeOf(first.until, 'clock'),
    more.length > 0 && `, and ${more.length} more`,
  ]
}

const isOpenNow = ({ open, frozenUntil }) => open && !frozenUntil

/** Of more services than one page has only those on it are counted, and that is said. */
const windowLine = ({ items, next }) => {
  if (items.length === 0) return 'The catalogue has no services yet'
  const open = items.filter(isOpenNow)
  const of = next === null ? plural(items.length, 'service') : `the first ${items.length} services`
  const turn = items
    .filter(({ frozenUntil, changesAt }) => !frozenUntil && changesAt)
    .toSorted((one, other) => Date.parse(one.changesAt) - Date.parse(other.changesAt))[0]
  return [
    open.length === items.length && next === null
      ? `Open for ${items.length === 1 ? '' : 'all '}${of}`
      : `Open for ${open.length} of ${of}`,
    turn && [`; ${turn.service} ${turn.open ? 'closes' : 'opens'} `, timeOf(turn.changesAt, 'clock')],
  ]
}
