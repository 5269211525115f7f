import type { Query } from '../query.ts'
import { type Frame, frame, plain } from './frame.ts'

/** Which rules hold, who may, what comes first, and what Suture says of itself. */

const allowed = plain(
  (about, said) => ({ subject: 'next_allowed', about, playbook: said.playbooks[0] ?? null }),
  'service',
  'thread_or_everything',
)
const nextMay =
  'SERVICE THIS PLAYBOOK run fix playbook next i anyone again start change deploy now touch open time service'
const nextFrames: Frame[] = [
  frame('when can|may', `${nextMay} do done work`, allowed),
  frame('when next window|windows|run|may', nextMay, allowed),
  frame('next window', nextMay, allowed),
  frame('when window', `${nextMay} start`, allowed),
  frame('earliest', `${nextMay} when can may do`, (said, place) =>
    said.tags.has('can') ||
    said.tags.has('may') ||
    said.tags.has('run') ||
    said.tags.has('window') ||
    said.playbooks.length > 0 ||
    said.tags.has('time')
      ? allowed(said, place)
      : null,
  ),
]

const rule = (what: Extract<Query, { subject: 'governance' }>['what']) =>
  plain((about) => ({ subject: 'governance', about, what }), 'any', 'everything')
const ruleMay = 'SERVICE THIS RECORD now force service open'
const ruleFrames: Frame[] = [
  frame('mode', `${ruleMay} autonomous run playbook you`, rule('mode')),
  frame('autonomous', `${ruleMay} run you`, rule('mode')),
  frame('freeze', `${ruleMay} status`, rule('freeze')),
  frame('windows', `${ruleMay} when`, rule('windows')),
  frame('window', `${ruleMay}`, (said, place) =>
    said.tags.has('when') ? null : rule('windows')(said, place),
  ),
  frame('policy', `${ruleMay} block`, rule('policy')),
  frame('force block', 'policy now SERVICE', (said, place) =>
    said.tags.has('policy') ? rule('policy')(said, place) : null,
  ),
  frame('glass', `${ruleMay} anyone`, rule('break_glass')),
]

const whoCan = plain((about) => ({ subject: 'who_can', about }), 'any', 'thread_or_everything')
const whoMay = 'RECORD SERVICE THIS run request fix now proposal else incident service'
const whoFrames: Frame[] = [
  frame('who can|may|must|need approve|approved', `${whoMay} approval`, whoCan),
  frame('who can|may|must|need give|approval', `${whoMay} approve`, whoCan),
  frame('approver', `${whoMay} who`, whoCan),
  frame('who ask|need approve|approval', `${whoMay} i must can`, whoCan),
]

const alone = (subject: 'focus' | 'scheduler' | 'self_test' | 'help') => (): Query => ({ subject })
const selfFrames: Frame[] = [
  frame('focus', 'i now incident service which_service must can do first need', alone('focus')),
  frame('priority|urgent', 'i now incident first which_service service must', alone('focus')),
  frame('attention', 'i now need most incident service which_service first', alone('focus')),
  frame('first', 'i must now can fix do incident which_service service', alone('focus')),
  frame('scheduler', 'counters status ok how doing you now health proposal', alone('scheduler')),
  frame('backoff|ratelimit', 'proposal you now limit scheduler playbook service', alone('scheduler')),
  frame('limit proposal|scheduler', 'you now', alone('scheduler')),
  frame('proposal make|skip|count|do', 'you make skip count', alone('scheduler')),
  frame('skip', 'you proposal count', alone('scheduler')),
  frame(
    'proof',
    'RECORD THIS cryptographic i you can need audit log',
    plain((about) => ({ subject: 'proof', about }), 'record', 'thread'),
  ),
  frame(
    'cryptographic',
    'RECORD THIS proof record log audit',
    plain((about) => ({ subject: 'proof', about }), 'record', 'thread'),
  ),
  frame('selftest', 'you now ok test', alone('self_test')),
  frame('test you', 'now', alone('self_test')),
  frame('ok|working you', 'now', alone('self_test')),
  frame('help', 'i you need', (said) => (said.tags.has('what') ? null : { subject: 'help' })),
  frame('helpme', 'you i can ask question', alone('help')),
  frame('ask|question can|may i|you', 'answer', alone('help')),
  frame('can|understand you', 'do answer question command understand', (said) =>
    said.tags.has('what') ? { subject: 'help' } : null,
  ),
]

export const ruleBook: readonly Frame[] = [...nextFrames, ...ruleFrames, ...whoFrames, ...selfFrames]
