import { newKey, post, problemOf } from '../api.js'
import { askForText } from '../dialog.js'
import { h } from '../dom.js'
import { announce, problemBox } from '../parts.js'
import { runPath } from '../router.js'

/** A run of which nobody knows how far it got: whoever has looked says so here, with a note. */

const choices = [
  ['happened', 'It happened', 'plain', 'Its targets are free again, and nothing is undone.'],
  ['did_not_happen', 'It did not happen', 'plain', 'Its targets are free again.'],
  ['undo', 'Undo it', 'danger', 'What it did or may have done is undone by a run of its own.'],
]

/** @param {() => void} changed called when it must be drawn again */
export function startResolution(changed) {
  let problem = null
  const say = async (run, [resolution, label, style, hint]) => {
    const note = await askForText({
      title: `${label}: ${run.playbookTitle}`,
      label: 'What did you look at, and see?',
      required: true,
      submit: label,
      style,
      hint: `${hint} The note is shown in the thread and kept.`,
    })
    if (note === null) return
    try {
      await post(`/v1/runs/${encodeURIComponent(run.id)}/resolution`, { resolution, note }, { key: newKey() })
      problem = null
      announce('Noted.')
    } catch (error) {
      problem = problemOf(error)
    }
    changed()
  }
  return (run) => {
    if (run.resolution)
      return h('p.run-resolution', null, 'Somebody has looked and says: ', h('strong', null, run.resolution))
    return h(
      'section.resolution',
      { 'aria-label': 'What happened?' },
      h('h2', null, 'What happened?'),
      h(
        'p',
        null,
        'Nobody can say how far this run got. Look at its targets, then say what you saw: until then they stay locked.',
      ),
      h(
        'div.run-actions',
        null,
        choices.map((choice) =>
          h(
            'button.button',
            {
              type: 'button',
              class: choice[2],
              'aria-haspopup': 'dialog',
              onclick: () => void say(run, choice),
            },
            `${choice[1]}…`,
          ),
        ),
      ),
      problem && problemBox(problem),
    )
  }
}

export const undoes = (run) =>
  run.undoOf && h('p.run-resolution', null, 'Undoes ', h('a', { href: runPath(run.undoOf) }, run.undoOf), '.')
