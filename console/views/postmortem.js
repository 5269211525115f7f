import { get, problemOf } from '../api.js'
import { h, mount } from '../dom.js'
import { download } from '../download.js'
import { copyButton, problemBox, skeleton } from '../parts.js'

/** The draft of a postmortem under the timeline's head: made when it is opened, and anew each time. */
export function postmortemDraft(incidentId) {
  const body = h('div.postmortem-body', { 'aria-live': 'polite' })
  const load = async () => {
    mount(body, skeleton(4))
    const made = await get(`/v1/incidents/${encodeURIComponent(incidentId)}/postmortem`).then(
      (draft) => draftOf(draft),
      (error) => [problemBox(problemOf(error), { retry: load })],
    )
    // Replaced whole: the buttons belong to this very text.
    body.replaceChildren(...made)
  }
  const details = h('details.postmortem', null, h('summary', null, 'Postmortem draft'), body)
  details.ontoggle = () => {
    if (details.open) void load()
  }
  return details
}

const draftOf = ({ fileName, markdown }) => [
  h(
    'p.muted',
    null,
    'From the thread, the history and the evidence, as Markdown. It names no cause: questions and actions are left to people.',
  ),
  h(
    'div.postmortem-actions',
    null,
    copyButton(markdown),
    h(
      'button.button',
      { type: 'button', onclick: () => download(fileName, markdown, 'text/markdown') },
      'Download',
    ),
  ),
  h('pre.postmortem-text', { tabindex: '0', 'aria-label': 'The draft' }, markdown),
]
