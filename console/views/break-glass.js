import { get, post, problemOf } from '../api.js'
import { ask, askForText, confirm, textOf } from '../dialog.js'
import { h } from '../dom.js'
import { announce, pill, problemBox } from '../parts.js'
import { timeOf } from '../time.js'

/** The glass that an admin breaks for a while: what is open, with its countdown, what waits for a review, and what was. */
export function breakGlass({ changed }) {
  let glasses = null
  let problem = null
  let busy = false
  let ticking = 0

  const load = async () => {
    try {
      glasses = (await get('/v1/break-glass')).items
      problem = null
    } catch (error) {
      problem = problemOf(error)
    }
    tick()
    changed()
  }
  /** Only while something counts down; when a time is up the server says what became of it. */
  const tick = () => {
    clearTimeout(ticking)
    const open = glasses?.filter(isOpen) ?? []
    if (open.length === 0) return
    ticking = setTimeout(() => {
      if (open.every(isOpen)) {
        tick()
        changed()
      } else void load()
    }, 1_000)
  }
  const act = async (path, body, said) => {
    if (busy) return
    busy = true
    problem = null
    try {
      await post(path, body)
      announce(said)
      await load()
    } catch (error) {
      problem = problemOf(error)
      changed()
    }
    busy = false
  }
  const open = async () => {
    const services = await get('/v1/services').catch(() => ({ items: [] }))
    const wanted = await askForGlass(services.items)
    if (wanted)
      await act('/v1/break-glass', wanted, `The glass is broken for ${wanted.service ?? 'all services'}.`)
  }
  const end = async ({ id }) => {
    const sure = await confirm({
      title: `End ${id}?`,
      text: 'Rules refuse again as usual. Until somebody else reviews it, Suture does no more than propose there.',
      submit: 'End it',
      style: 'primary',
    })
    if (sure) await act(`/v1/break-glass/${encodeURIComponent(id)}/end`, {}, `${id} has ended.`)
  }
  const review = async ({ id }) => {
    const note = await askForText({
      title: `Review ${id}`,
      label: 'What did you look at, and what did you find?',
      required: true,
      submit: 'Reviewed',
      hint: 'Your note is kept in the audit log. The modes hold again as they are set.',
    })
    if (note) await act(`/v1/break-glass/${encodeURIComponent(id)}/review`, { note }, `${id} is reviewed.`)
  }
  const view = (me) => {
    const holds = (role) => me?.roles?.includes(role) === true || me?.roles?.includes('admin') === true
    const live = glasses?.filter(({ state }) => state !== 'reviewed') ?? []
    return h(
      'section.panel.glass-panel',
      {
        'data-key': 'break-glass',
        'aria-labelledby': 'break-glass-title',
        class: live.some(isOpen) ? 'on' : '',
      },
      h(
        'div.panel-head',
        null,
        h('h2', { id: 'break-glass-title' }, 'Break-glass', live.some(isOpen) && pill('open', 'bad')),
        holds('admin') &&
          h('button.button.small.danger', { type: 'button', onclick: open }, 'Break the glass…'),
      ),
      h(
        'p.muted',
        null,
        'For an emergency: windows and freezes ask instead of refusing, and one person with the role override or admin decides. Somebody else reviews it afterwards.',
      ),
      problem && problemBox(problem, { retry: glasses === null ? load : null }),
      glasses !== null && live.length === 0 && h('p', null, 'No glass is broken.'),
      live.length > 0 &&
        h(
          'ul.glasses',
          null,
          live.map((glass) =>
            h(
              'li',
              { 'data-key': glass.id },
              h(
                'div',
                null,
                h('strong', null, `${glass.id} for ${glass.service ?? 'all services'}`),
                isOpen(glass)
                  ? h('p.glass-left', null, 'Ends in ', h('span.countdown', null, leftOf(glass)))
                  : h('p', null, pill('not reviewed', 'warning'), ' Suture does no more than propose here.'),
                h(
                  'p.muted',
                  null,
                  `${glass.openedBy.name}, `,
                  timeOf(glass.openedAt, 'ago'),
                  `: ${glass.reason}`,
                ),
              ),
              isOpen(glass)
                ? (holds('responder') || holds('approver') || holds('override')) &&
                    h(
                      'button.button',
                      { type: 'button', 'aria-label': `End ${glass.id}`, onclick: () => end(glass) },
                      'End it…',
                    )
                : (holds('approver') || holds('override')) &&
                    (glass.openedBy.id === me?.id
                      ? h('span.muted', null, 'Somebody else reviews it.')
                      : h(
                          'button.button.primary',
                          {
                            type: 'button',
                            'aria-label': `Review ${glass.id}`,
                            onclick: () => review(glass),
                          },
                          'Review…',
                        )),
            ),
          ),
        ),
    )
  }
  /** Those that are open or wait for a review; null while that is not known. */
  const summary = () => glasses?.filter(({ state }) => state !== 'reviewed') ?? null
  return { load, view, summary, destroy: () => clearTimeout(ticking) }
}

export const isOpen = ({ state, until }) => state === 'open' && Date.parse(until) > Date.now()
/** `29:41`, or with hours `3:59:41`. */
export const leftOf = ({ until }) => {
  const seconds = Math.max(0, Math.ceil((Date.parse(until) - Date.now()) / 1_000))
  const two = (number) => String(number).padStart(2, '0')
  const hours = Math.floor(seconds / 3_600)
  const minutes = Math.floor((seconds % 3_600) / 60)
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`
}

const askForGlass = (services) =>
  ask({
    title: 'Break the glass',
    submit: 'Break the glass',
    style: 'danger',
    body: [
      h(
        'div.field',
        null,
        h('label', { for: 'glass-service' }, 'For'),
        h(
          'select',
          { id: 'glass-service', name: 'service' },
          services.map(({ name }) => h('option', { value: name }, name)),
          h('option', { value: '' }, 'all services'),
        ),
      ),
      h(
        'div.field',
        null,
        h('label', { for: 'glass-minutes' }, 'How long'),
        h(
          'select',
          { id: 'glass-minutes', name: 'minutes' },
          [
            [15, '15 minutes'],
            [30, '30 minutes'],
            [60, '1 hour'],
            [120, '2 hours'],
            [240, '4 hours'],
          ].map(([minutes, words]) =>
            h('option', { value: String(minutes), selected: minutes === 30 }, words),
          ),
        ),
      ),
      h(
        'div.field',
        null,
        h('label', { for: 'glass-reason' }, 'Why'),
        h('textarea', { id: 'glass-reason', name: 'reason', rows: 3, maxlength: 500, required: true }),
      ),
      h('p.hint', null, 'It is told in the threads of the incidents it touches, and kept in the audit log.'),
    ],
    onSubmit: (form) => ({
      service: textOf(form, 'service') || null,
      minutes: Number(textOf(form, 'minutes')),
      reason: textOf(form, 'reason'),
    }),
  })
