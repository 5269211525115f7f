import { type Frame, frame, plain, timed } from './frame.ts'
import type { Said } from './said.ts'

/** What goes on now, what happened, and what stands in the way. */

const where = 'RECORD SERVICE THIS incident problem service thread'

const status = plain((about) => ({ subject: 'status', about }), 'any', 'thread_or_everything')
const ofOne = 'RECORD|SERVICE|THIS'

const statusFrames: Frame[] = [
  frame('status', `${where} now how open doing incident health`, status),
  frame(`how ${ofOne}`, `${where} now doing`, status),
  frame('how doing', `${where} now everything`, status),
  frame('ok|up|broken|working|wrong', `${where} now doing open status good`, (said, place) =>
    // `what's up` alone greets; with a place it asks.
    said.tags.has('good') ? null : status(said, place),
  ),
  frame('good', 'now', (said, place) => (said.tags.has('what') ? null : status(said, place))),
  frame(`resolved|fixed|open|done ${ofOne}`, `${where} now end`, (said, place) =>
    // `which incidents of checkout are resolved` asks for a list.
    said.tags.has('incident') && said.records.length === 0 && !said.tags.has('open')
      ? null
      : both(said, ['open', 'resolved'])
        ? null
        : status(said, place),
  ),
  frame(
    'open',
    'now incident anyone SERVICE',
    plain((about) => ({ subject: 'status', about }), 'any', 'everything'),
  ),
  frame('goingon', `${where} now`, status),
  frame('problem', 'SERVICE THIS now open', status),
  frame('RECORD|SERVICE', 'now service', (said, place) =>
    said.tags.has('what') || said.tags.has('do') ? null : status(said, place),
  ),
]

export const both = (said: Said, tags: readonly string[]): boolean => tags.every((tag) => said.tags.has(tag))

const story = plain((about) => ({ subject: 'what_happened', about }), 'any', 'thread')
const storyFrames: Frame[] = [
  frame('story|history|summarize', `${where} happen request run`, (said, place) =>
    // `history of runs` and `incident history` are lists.
    said.tags.has('history') && said.records.length === 0 && said.pointsAt.length === 0
      ? null
      : story(said, place),
  ),
  frame('happen', `${where} how run`, (said, place) =>
    said.tags.has('incident') && said.records.length + said.pointsAt.length === 0 ? null : story(said, place),
  ),
  frame(`how fixed|resolved|end|recover ${ofOne}`, `${where}`, story),
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
const blockedFrames: Frame[] = [
  frame('why blocked|waiting|block', `${where} run request approval fix now`, blocked),
  frame(
    'why not start|run|running|happening|ran|progress|happen|heal|fixed|resolved|recover',
    `${where} run fix now will`,
    blocked,
  ),
  frame('why not can|may run|start', `${where} i run fix now`, blocked),
  frame('block', `${where} run request now waiting approval start running`, blocked),
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
  frame('refused', `${where} TIME why you i request run`, refused(false)),
  frame('why rejected|reject|sayno', `${where} TIME you i run request`, refused(false)),
  frame('sayno you', `${where} TIME why i run request`, refused(false)),
  frame('why not can|may i approve|reject|request|decide|vote', `${where} run request`, refused(true)),
  frame('why not may i', `${where} run request`, refused(true)),
]

const options = plain((about) => ({ subject: 'what_next', about }), 'any', 'thread_or_everything')
const nextFrames: Frame[] = [
  frame('what now', `${where}`, (said, place) =>
    said.records.length + said.services.length + said.pointsAt.length > 0 ? null : options(said, place),
  ),
  frame('what next', `${where} now steps`, options),
  frame('next steps', `${where}`, options),
  frame('option', `${where} i now`, options),
  frame('what can|may|must do|done', `${where} i now next about anyone`, (said, place) =>
    said.tags.has('you') ? null : options(said, place),
  ),
  frame('what can|may i', `${where} now next run request approve do`, options),
  frame('what may', `${where} next now`, options),
  frame('what do i', `${where} next now`, options),
]

const silence = plain((about) => ({ subject: 'silences', about }), 'any', 'thread_or_everything')
const silenceFrames: Frame[] = [
  frame('silence', `${where} now why who alert force set anyone open`, (said, place) =>
    said.tags.has('open') && (said.tags.has('incident') || said.tags.has('problem'))
      ? null
      : said.tags.has('why') &&
          said.records.length + said.services.length + said.pointsAt.length === 0 &&
          place.thread === null
        ? null
        : silence(said, place),
  ),
  frame('quiet', `${where} why now alert`, silence),
  frame('maintenance', `${where} window windows now force`, silence),
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
