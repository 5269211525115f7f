import { type Pattern, pattern } from './pattern.ts'
import type { About, Query, Subject } from './query.ts'

/** The ways to ask, by what they mean. A new way is a new line here and a line in its test. */
export interface Phrase {
  readonly subject: Subject
  readonly pattern: Pattern
  readonly query: (about: About) => Query
  /** What it is about when the question does not say: the thread's incident, or everything. */
  readonly unsaid: 'thread' | 'everything' | 'thread_or_everything'
}

const ways = (
  subject: Subject,
  query: (about: About) => Query,
  texts: readonly string[],
  unsaid: Phrase['unsaid'] = 'thread',
): Phrase[] => texts.map((text) => ({ subject, pattern: pattern(text), query, unsaid }))

const whatHappened = ways('what_happened', (about) => ({ subject: 'what_happened', about }), [
  'can|could|would? you? tell|show|give? me|us? what happened|occurred @?',
  'do? you? know? what has|had happened @?',
  'what did happen @?',
  'what went wrong @?',
  'what did you? do @?',
  'what was|is done @?',
  'what has|have been done @?',
  'how was|were|is @ resolved|fixed|solved|healed',
  'how did @ end',
  'can|could? you? give|show|tell? me|us? the|a? summary|recap|story|timeline|history @?',
  'can|could? you? summarize|summarise|recap @?',
])

const whoApproved = ways('who_approved', (about) => ({ subject: 'who_approved', about }), [
  'can|could? you? tell? me|us? who approved @?',
  'who has|did approved|approve @?',
  'who gave the? approval|permission|consent @?',
  'who signed @? off @?',
  'by? whom was @ approved',
  'was|is @ approved by? anyone|anybody|someone|somebody?',
  'was @ approved and? by? who|whom?',
  'has @ been approved',
  'has anyone|anybody|someone|somebody approved @?',
])

const whyBlocked = ways('why_blocked', (about) => ({ subject: 'why_blocked', about }), [
  'why blocked|stuck',
  'why is|was @ blocked|stuck|waiting|queued|held|stopped|stalled',
  'why is|was nothing running|happening|moving @?',
  'why does|did nothing run|happen|move|start @?',
  'why is|was not @ running|starting|moving|started',
  'why is|was @ not running|starting|moving|started',
  'why does|did not @ run|start|move|begin',
  'why does|did @ not run|start|move|begin',
  'what blocks|blocked|stops|stopped @?',
  'what is|was blocking|stopping @?',
  'what is @ waiting for|on',
  'what are we waiting for|on @?',
  'what does @ wait for|on',
])

const refusal = 'refused|denied|rejected|declined|forbidden'
const whyRefused = [
  ...ways('why_refused', (about) => ({ subject: 'why_refused', about, mine: false }), [
    `why ${refusal}`,
    `why was|were|is @ ${refusal}`,
    'what was|were refused|denied|rejected @?',
  ]),
  ...ways('why_refused', (about) => ({ subject: 'why_refused', about, mine: true }), [
    `why was|am i ${refusal} @?`,
    'why can|could not i|we approve|reject|request|decide @?',
    'why can|could i|we not approve|reject|request|decide @?',
    'why may i not approve|reject|request|decide @?',
    'why did you? refuse|deny|reject me @?',
  ]),
]

const listing = 'can|could? you? show|list|tell? me|us?'
const whatRuns = [
  ...ways(
    'what_runs',
    (about) => ({ subject: 'what_runs', about, state: 'any' }),
    [
      'what runs @? now? @?',
      'what runs or waits @? now? @?',
      'what is|are running or|and waiting @? now? @?',
      'what is active|live|ongoing @? now?',
      'what is in progress @? now?',
      `${listing} all? the? active|live|current? runs @?`,
      'which|what runs are there|active|live|open @? now?',
      'are there any? runs @? now?',
      'any active|live|open? runs @? now?',
    ],
    'everything',
  ),
  ...ways(
    'what_runs',
    (about) => ({ subject: 'what_runs', about, state: 'running' }),
    [
      'what is|are running @? now? @?',
      'is|are anything|something running @? now?',
      'which|what runs are|is running @? now?',
      'are there any? runs running @? now?',
    ],
    'everything',
  ),
  ...ways(
    'what_runs',
    (about) => ({ subject: 'what_runs', about, state: 'waiting' }),
    [
      'what waits for? approval|approvals? @? now?',
      'what is|are waiting|pending|queued for? approval|approvals? @? now?',
      'what needs approval|approvals|approving @? now?',
      'is|are anything|something waiting|pending|queued for? approval|approvals? @? now?',
      'which|what runs|requests|approvals are waiting|pending|queued|open for? approval? @? now?',
      'are there any? pending|waiting|open requests|approvals @?',
      'any pending|waiting|open requests|approvals @?',
      `${listing} the? pending|waiting|open requests|approvals @?`,
    ],
    'everything',
  ),
]

const status = [
  ...ways(
    'status',
    (about) => ({ subject: 'status', about }),
    [
      'what? is? the? status|state @? now?',
      'what is the? current status|state @? now?',
      '@ status|state',
      '@',
      'how is @ doing|going|looking? now?',
      'how are things|we doing|going|looking? @? now?',
      'is|are @ still? ok|okay|healthy|up|down|broken|open|resolved|fixed|firing|done|over|closed|healed|solved now?',
      'what is going on @? now?',
      'what is happening @? now?',
      'what is up @?',
      'what is|was wrong @? now?',
      'where are we @? now?',
    ],
    'thread_or_everything',
  ),
  ...ways(
    'status',
    (about) => ({ subject: 'status', about }),
    [
      'what|which incidents? is|are open|active|unresolved @? now?',
      'are there any? open|active|unresolved? incidents|problems @? now?',
      'any open|active|unresolved? incidents @? now?',
      `${listing} all? the? open|active|unresolved incidents @?`,
      'what is open|broken|down @? now?',
    ],
    'everything',
  ),
]

const whatNext = ways('what_next', (about) => ({ subject: 'what_next', about }), [
  'what next|now @?',
  'what is next @?',
  'what do i|we do @? next|now? @?',
  'what can|should|could|must|may i|we do @? next|now? @?',
  'what can|may|should|could be done @? next|now? @?',
  'what is allowed @? next|now?',
  'what may|can i|we run|request|approve @? next|now?',
  'what are my|the|our options|choices @? now?',
  'what is there to do @? now?',
  'what is left to? do? @?',
])

const silences = ways(
  'silences',
  (about) => ({ subject: 'silences', about }),
  [
    'why is|was|were|are @ silent|quiet|silenced|muted',
    'why is|was|were there? no alert|alerts|incident|incidents @',
    'was|is|are|were @ silenced|silent|muted|quiet now?',
    'what|who silenced @',
    'who has silenced @',
    'what is|was|are silenced|muted|quiet|silent @? now?',
    'which|what silences are there|active|set|standing @? now?',
    'are there any? silences @? now?',
    `${listing} all? the? silences @? now?`,
    'why did @ alert|fire not open anything|incident',
  ],
  'thread_or_everything',
)

export const phrases: readonly Phrase[] = [
  ...whatHappened,
  ...whoApproved,
  ...whyBlocked,
  ...whyRefused,
  ...whatRuns,
  ...status,
  ...whatNext,
  ...silences,
]
