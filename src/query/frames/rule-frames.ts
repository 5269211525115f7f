import type { Query } from '../query.ts'
import { type Frame, frame, plain } from './frame.ts'

/** Which rules hold, who may, what comes first, and what Suture says of itself. */

const allowed = plain(
  (about, said) => ({ subject: 'next_allowed', about, playbook: said.playbooks[0] ?? null }),
  'service',
  'thread_or_everything',
)
const nextMay =
  'SERVICE THIS PLAYBOOK run fix playbook next i anyone again start change deploy now touch open time service will earliest option'
const nextFrames: Frame[] = [
  frame('when can|may', `${nextMay} do done work`, allowed),
  // `can warm-cache run on search now`; whoever says `can you` gives an order.
  frame('can|may PLAYBOOK SERVICE|THIS run', 'now again', allowed),
  frame('when next window|windows|run|may', nextMay, allowed),
  frame('next window', nextMay, allowed),
  frame('howlong window|may', `${nextMay} can`, (said, place) =>
    said.tags.has('next') || said.tags.has('may') ? allowed(said, place) : null,
  ),
  // `when did the window open` asks for a time gone by.
  frame('when window', `${nextMay} start`, (said, place) =>
    said.tags.has('do') ? null : allowed(said, place),
  ),
  frame('earliest', `${nextMay} when can may do`, (said, place) =>
    said.tags.has('can') ||
    said.tags.has('may') ||
    said.tags.has('run') ||
    said.tags.has('window') ||
    said.playbooks.length > 0 ||
    said.tags.has('time') ||
    said.tags.has('when')
      ? allowed(said, place)
      : null,
  ),
]

const rule = (what: Extract<Query, { subject: 'governance' }>['what']) =>
  plain((about) => ({ subject: 'governance', about, what }), 'any', 'everything')
const ruleMay = 'SERVICE THIS RECORD now force service open status'
const ruleFrames: Frame[] = [
  frame('mode', `${ruleMay} onlywhen autonomous run running playbook you`, rule('mode')),
  frame('autonomous', `${ruleMay} onlywhen run running fix playbook you can may how`, rule('mode')),
  frame('alone you run|fix|do', 'SERVICE can may playbook', rule('mode')),
  frame('freeze', `${ruleMay} which_service anyone deploy change`, rule('freeze')),
  frame('windows', `${ruleMay} when`, rule('windows')),
  frame('window', `${ruleMay}`, (said, place) =>
    said.tags.has('when') ? null : rule('windows')(said, place),
  ),
  frame('policy', `${ruleMay} block approval`, rule('policy')),
  frame('force block', 'policy now SERVICE', (said, place) =>
    said.tags.has('policy') ? rule('policy')(said, place) : null,
  ),
  frame('glass', `${ruleMay} anyone goingon run running`, rule('break_glass')),
]

const whoCan = plain((about) => ({ subject: 'who_can', about }), 'any', 'nearest')
const whoMay = 'RECORD SERVICE THIS run request fix now proposal else incident service change playbook deploy'
const whoFrames: Frame[] = [
  frame('who can|may|must|need approve|approved|decide', `${whoMay} approval i`, whoCan),
  frame('who can|may|must|need give|approval|ok', `${whoMay} approve i`, whoCan),
  frame('approver', `${whoMay} who can may`, whoCan),
  frame('who ask', 'must can i THIS', (said, place) => (place.thread === null ? null : whoCan(said, place))),
  frame('who need ok', `${whoMay} i`, whoCan),
  frame('who need|ask approval', `${whoMay} i must can`, whoCan),
  frame('who ask|need approve|approval', `${whoMay} i must can`, whoCan),
]

const alone = (subject: 'focus' | 'scheduler' | 'self_test' | 'help') => (): Query => ({ subject })
const selfFrames: Frame[] = [
  frame(
    'focus',
    'i now where incident first which_service service must can do first need most work andwhy open problem',
    alone('focus'),
  ),
  frame(
    'priority|urgent',
    'i now incident problem first which_service service must most andwhy',
    alone('focus'),
  ),
  frame('attention', 'i now need most incident service which_service first deserves andwhy', alone('focus')),
  frame('biggest problem', 'now i', alone('focus')),
  frame('first', 'i must now can fix do incident which_service service', (said) =>
    // `and the first one` is of something.
    said.tags.size > 1 ? { subject: 'focus' } : null,
  ),
  frame(
    'scheduler',
    'counters status ok how doing you now health proposal ratelimit backoff limit skip make working work count andwhy anyone perform goingon happen happening block blocked activity up running broken wrong problem again done story news progress waiting',
    alone('scheduler'),
  ),
  frame('why scheduler skip', 'proposal', alone('scheduler')),
  frame('proposal counters', 'you', alone('scheduler')),
  frame(
    'backoff|ratelimit',
    'proposal you now limit scheduler playbook service count anyone',
    alone('scheduler'),
  ),
  frame('limit proposal|scheduler', 'you now', alone('scheduler')),
  frame('proposal make|skip|count|do', 'you make skip count andwhy', alone('scheduler')),
  frame('skip', 'you proposal count andwhy', alone('scheduler')),
  frame(
    'proof',
    'RECORD THIS cryptographic i you can may need audit log everything where',
    plain((about) => ({ subject: 'proof', about }), 'record', 'thread'),
  ),
  frame(
    'cryptographic',
    'RECORD THIS proof record log audit',
    plain((about) => ({ subject: 'proof', about }), 'record', 'thread'),
  ),
  frame('selftest', 'you now ok test status make succeed work run', alone('self_test')),
  frame('test you', 'now', alone('self_test')),
  frame('work you', 'now ok', (said) =>
    said.tags.has('what') || said.tags.has('which') ? null : { subject: 'self_test' },
  ),
  frame('ok|working|up you', 'now', alone('self_test')),
  frame('command', 'you do can understand question answer', alone('help')),
  frame('help', 'i you need', (said) => (said.tags.has('what') ? null : { subject: 'help' })),
  frame('helpme', 'THIS help you i can ask question answer understand example', alone('help')),
  frame('ask|question can|may i|you', 'answer example understand', alone('help')),
  frame('example question', 'can i you ask', alone('help')),
  frame('question understand|answer', 'you can', alone('help')),
  frame('can|understand you', 'do answer question command understand', (said) =>
    said.tags.has('what') ? { subject: 'help' } : null,
  ),
]

export const ruleBook: readonly Frame[] = [...nextFrames, ...ruleFrames, ...whoFrames, ...selfFrames]
