import { get, patch, problemOf } from '../api.js'
import { ask, confirm, textOf } from '../dialog.js'
import { h } from '../dom.js'
import { openForm } from '../forms.js'
import { icon } from '../icons.js'
import { announce, pill, problemBox } from '../parts.js'
import { timeOf } from '../time.js'
import { modes } from '../words.js'

const tones = { observe: 'neutral', propose: 'neutral', approve: 'info', auto: 'warning' }

/** Modes that services and playbooks have of their own: a table, and for an admin the means to change it. */
export function modeSettings({ changed }) {
  let settings = null
  let problem = null
  let busy = false

  const load = async () => {
    try {
      settings = (await get('/v1/modes')).settings
      problem = null
    } catch (error) {
      problem = problemOf(error)
    }
    changed()
  }
  const send = async (setting, said) => {
    if (busy) return
    busy = true
    problem = null
    try {
      settings = (await patch('/v1/modes', setting)).settings
      announce(said)
    } catch (error) {
      problem = problemOf(error)
    }
    busy = false
    changed()
  }
  const add = async () => {
    try {
      const sent = await openForm('mode')
      if (sent === null) return
      announce(sent.title)
      await load()
    } catch (error) {
      problem = problemOf(error)
      changed()
    }
  }
  const change = async (setting) => {
    const mode = await askForMode(setting)
    if (mode && mode !== setting.mode)
      await send(
        { scope: setting.scope, name: setting.name, mode },
        `Mode ${modes[mode][0]} is set for ${setting.name}.`,
      )
  }
  const remove = async ({ scope, name }) => {
    const sure = await confirm({
      title: `Take the mode off ${name}?`,
      text: 'The mode of all services holds for it again, from now on.',
      submit: 'Take it off',
    })
    if (sure) await send({ scope, name, mode: null }, `The mode of all services holds for ${name} again.`)
  }
  const view = (admin) =>
    h(
      'section.panel',
      { 'data-key': 'mode-settings', 'aria-labelledby': 'mode-settings-title' },
      h(
        'div.panel-head',
        null,
        h('h2', { id: 'mode-settings-title' }, 'Single services and playbooks'),
        admin &&
          h(
            'button.button.small',
            { type: 'button', onclick: add },
            icon('plus'),
            h('span', null, 'Set a mode…'),
          ),
      ),
      h(
        'p.muted',
        null,
        'What is set here stands in place of the mode above. Where a service and a playbook are both set, the stricter holds.',
      ),
      problem && problemBox(problem, { retry: settings === null ? load : null }),
      settings?.length === 0 && h('p', null, 'Nothing is set: the mode above holds everywhere.'),
      settings?.length > 0 && tableOf(settings, admin, change, remove),
    )
  /** How many have a mode of their own; null while that is not known. */
  const summary = () => settings?.length ?? null
  return { load, view, summary }
}

const tableOf = (settings, admin, change, remove) =>
  h(
    'table.table',
    { 'data-key': 'table' },
    h('caption.quiet', null, 'Modes of single services and playbooks'),
    h(
      'thead',
      null,
      h(
        'tr',
        null,
        ['Name', 'Mode', 'Set'].map((each) => h('th', { scope: 'col' }, each)),
        h('th', { scope: 'col' }, h('span.quiet', null, 'Action')),
      ),
    ),
    h(
      'tbody',
      null,
      settings.map((setting) =>
        h(
          'tr',
          { 'data-key': `${setting.scope}-${setting.name}`, class: setting.inForce ? '' : 'dead' },
          h(
            'th',
            { scope: 'row' },
            setting.name,
            pill(setting.inForce ? setting.scope : `${setting.scope} no longer there`),
          ),
          h('td', { 'data-label': 'Mode' }, pill(modes[setting.mode][0], tones[setting.mode])),
          h('td', { 'data-label': 'Set' }, timeOf(setting.setAt, 'ago'), ` by ${setting.setBy.name}`),
          h(
            'td.table-action',
            null,
            admin &&
              setting.inForce &&
              h(
                'button.button.small',
                {
                  type: 'button',
                  'aria-label': `Change the mode of ${setting.name}`,
                  onclick: () => change(setting),
                },
                'Change…',
              ),
            admin &&
              h(
                'button.button.small.danger',
                {
                  type: 'button',
                  'aria-label': `Take the mode off ${setting.name}`,
                  onclick: () => remove(setting),
                },
                'Take off…',
              ),
          ),
        ),
      ),
    ),
  )

const modeField = (chosen) =>
  h(
    'div.field',
    null,
    h('label', { for: 'setting-mode' }, 'Mode'),
    h(
      'select',
      { id: 'setting-mode', name: 'mode' },
      Object.entries(modes).map(([name, [title, text]]) =>
        h('option', { value: name, selected: name === chosen }, `${title}: ${text}`),
      ),
    ),
  )

const askForMode = ({ name, mode }) =>
  ask({
    title: `How far may Suture go with ${name}?`,
    submit: 'Set the mode',
    body: [modeField(mode)],
    onSubmit: (form) => textOf(form, 'mode'),
  })
