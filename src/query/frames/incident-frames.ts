import { type Frame, frame, plain, timed } from './frame.ts'
import type { Said } from './said.ts'

/** What goes on now, what happened, and what stands in the way. */

const where = 'all_services RECORD SERVICE THIS incident problem service thread'
const pointsOut = (said: Said): boolean =>
  said.records.length + said.services.length + said.pointsAt.length > 0

const status = plain((about) => ({ subject: 'status', about }), 'any', 'thread_or_everything')
const ofOne = 'RECORD|SERVICE|THIS'

const statusFrames: Frame[] = [
  frame('status', `${where} now how open doing incident health up ok again news`, status),
  frame('news', `${where} now`, (said, place) =>
    // `any news?` of nothing is small talk, `latest incident` asks for one of them.
    pointsOut(said) && !(said.tags.has('incident') && said.records.length === 0)
      ? status(said, place)
      : place.thread !== null && !said.tags.has('incident')
        ? status(said, place)
        : null,
  ),
  frame(`how ${ofOne}`, `${where} now doing progress`, status),
  frame('how doing', `${where} now everything`, status),
  frame('ok|up|broken|working|wrong', `${where} now doing open status good again how or`, (said, place) =>
    // `what's up` alone greets; with a place it asks.
    said.tags.has('good') ? null : status(said, place),
  ),
  frame('good', 'now THIS', (said, place) => (said.tags.has('what') ? null : status(said, place))),
  frame(`resolved|fixed|open|done|end|recover ${ofOne}`, `${where} now end again`, (said, place) =>
    // `which incidents of checkout are resolved` asks for a list.
    said.tags.has('incident') && said.records.length === 0 && !said.tags.has('open')
      ? null
      : both(said, ['open', 'resolved']) ||
          said.tags.has('what') ||
          (said.tags.has('recover') && said.tags.has('which'))
        ? null
        : status(said, place),
  ),
  frame('open', 'now incident anyone SERVICE', (said, place) =>
    // `still open?` in a thread is about its incident, `any open incidents?` is not.
    ['incident', 'what', 'which', 'anything', 'everything'].some((tag) => said.tags.has(tag))
      ? plain((about) => ({ subject: 'status', about }), 'any', 'everything')(said, place)
      : status(said, place),
  ),
  frame('goingon', `${where} now`, status),
  frame('fix|resolve|heal RECORD|THIS do', 'now incident', (said, place) =>
    // `what did fix it` asks for what was done.
    said.tags.has('what') || said.tags.has('which') ? null : status(said, place),
  ),
  frame('problem', 'SERVICE THIS now open', status),
  frame('RECORD|SERVICE', 'now service', (said, place) =>
    ['what', 'do', 'report'].some((tag) => said.tags.has(tag)) ? null : status(said, place),
  ),
]

export const both = (said: Said, tags: readonly string[]): boolean => tags.every((tag) => said.tags.has(tag))

const story = plain(
  (about) => (about.kind === 'everything' ? null : { subject: 'what_happened', about }),
  'any',
  'thread',
)
const storyFrames: Frame[] = [
  frame('story|history|summarize', `${where} happen request run you can anyone i`, (said, place) =>
    // `history of runs` and `incident history` are lists.
    said.tags.has('history') && said.records.length === 0 && said.pointsAt.length === 0
      ? null
      : story(said, place),
  ),
  frame('happen', `${where} how run you`, (said, place) =>
    said.tags.has('incident') && said.records.length + said.pointsAt.length === 0 ? null : story(said, place),
  ),
  frame(`how fixed|resolved|end|recover ${ofOne}`, `${where}`, story),
  frame('how do you fixed|fix|resolve|heal RECORD|THIS', where, story),
  frame('done', `${where} you`, (said, place) =>
    said.tags.has('what')
      ? plain((about) => ({ subject: 'what_happened', about }), 'record', 'thread')(said, place)
      : null,
  ),
  frame('do you', `${where} done`, (said, place) => (said.tags.has('what') ? story(said, place) : null)),
  frame('do RECORD|THIS', '', (said, place) =>
    said.tags.has('what') && said.records[0]?.kind !== 'request' ? story(said, place) : null,
  ),
]

const blocked = plain((about) => ({ subject: 'why_blocked', about }), 'any', 'thread')
/** Of all that waits: only right after it was listed. */
const blockedThey: Frame['query'] = (said, place) =>
  place.before === null || pointsOut(said) ? null : { subject: 'why_blocked', about: place.before }
const blockedFrames: Frame[] = [
  frame('why blocked|waiting|block', `${where} run request approval fix now`, blocked),
  frame('why blocked|waiting|block ones', 'run request now', blockedThey),
  frame(
    'why not start|run|running|happening|ran|progress|happen|heal|fixed|resolved|recover',
    `${where} run fix now will`,
    blocked,
  ),
  frame(`why not may|can ${ofOne}`, `${where} now`, blocked),
  // `why can't req-24 go ahead`
  frame(`why not can|may approved|approve|decide RECORD|THIS`, `${where} be`, blocked),
  frame('what need RECORD', 'now', (said, place) =>
    ['request', 'proposal', 'run'].includes(said.records[0]?.kind ?? '') ? blocked(said, place) : null,
  ),
  frame('why not can|may run|start', `${where} i run fix now anyone`, blocked),
  frame('why not happening|progress|start|run|doing', `${where} you we fix now yet`, blocked),
  frame('when|how|why not start block', where, blocked),
  frame('block', `${where} run request now waiting approval start running fix playbook`, blocked),
  frame('what waiting for|RECORD|SERVICE|THIS', `${where} run`, (said, place) =>
    // `what waits on checkout` asks for a list.
    said.records.length > 0 ? blocked(said, place) : null,
  ),
  frame('what blocked', `${where} run`, (said, place) =>
    said.records.length + said.pointsAt.length === 0 ? null : blocked(said, place),
  ),
]

const refused = (mine: boolean) =>
  timed(
    (about, when, said) => ({ subject: 'why_refused', about, mine: mine || said.tags.has('i'), when }),
    'any',
    'thread_or_everything',
  )
const refusedFrames: Frame[] = [
  frame(
    'refused',
    `${where} TIME why you i request run andwhy approval approve command action vote decide`,
    refused(false),
  ),
  frame('why rejected|reject|sayno', `${where} TIME you i run request`, refused(false)),
  frame('sayno you', `${where} TIME why i run request`, refused(false)),
  frame(
    'why not can|may i approve|reject|request|decide|vote',
    `${where} run request you will can`,
    refused(true),
  ),
  frame('why not may i', `${where} run request`, refused(true)),
]

const options = plain((about) => ({ subject: 'what_next', about }), 'any', 'nearest')
const nextFrames: Frame[] = [
  frame('what now', `${where}`, (said, place) =>
    said.records.length + said.services.length + said.pointsAt.length > 0 ? null : options(said, place),
  ),
  frame('what next', `${where} now steps`, options),
  frame('next steps', `${where}`, options),
  frame('next', 'THIS RECORD', (said, place) =>
    place.thread === null && !pointsOut(said) ? null : options(said, place),
  ),
  frame('now', '', (said, place) => (place.thread === null ? null : options(said, place))),
  frame('steps', `${where} i now else`, options),
  frame('suggest', `${where} you next now what steps option action fix playbook else`, (said, place) =>
    // `suggested playbooks` alone may be of anything.
    said.tags.has('playbook') || said.tags.has('fix') ? null : options(said, place),
  ),
  frame('action can|may|option|next|possible', `${where} i now you else`, options),
  frame('action i', `${where} now`, (said, place) =>
    said.tags.has('which') || said.tags.has('what') ? options(said, place) : null,
  ),
  frame('how can|must help', `${where} i`, (said, place) => (pointsOut(said) ? options(said, place) : null)),
  frame('option', `${where} i now else next you`, options),
  frame('what can|may|must do|done', `${where} i now next about anyone else`, (said, place) =>
    said.tags.has('you') ? null : options(said, place),
  ),
  frame('what can|may i', `${where} now next run request approve do`, options),
  frame('what may', `${where} next now`, options),
  frame('what do i', `${where} next now`, options),
]

const silence = plain((about) => ({ subject: 'silences', about }), 'any', 'thread_or_everything')
const silenceFrames: Frame[] = [
  frame(
    'silence',
    `${where} now why who alert force set anyone open which_service service you`,
    (said, place) =>
      said.tags.has('open') && (said.tags.has('incident') || said.tags.has('problem'))
        ? null
        : said.tags.has('why') &&
            said.records.length + said.services.length + said.pointsAt.length === 0 &&
            place.thread === null
          ? null
          : silence(said, place),
  ),
  frame('quiet', `${where} why now alert block which_service`, silence),
  frame('maintenance', `${where} window windows now force which_service`, (said, place) =>
    said.tags.has('incident') && !pointsOut(said) ? null : silence(said, place),
  ),
  frame('why not alert', `${where} happen`, silence),
  frame('why not incident', 'SERVICE THIS RECORD', silence),
]

export const incidentFrames: readonly Frame[] = [
  ...statusFrames,
  ...storyFrames,
  ...blockedFrames,
  ...refusedFrames,
  ...nextFrames,
  ...silenceFrames,
]
