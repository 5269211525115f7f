/**
 * What words mean to Suture, by tag. A word that stands in no line means nothing to it, and a question with such a word is not
 * understood. `_` are words that narrow nothing; whatever could narrow a question has a tag of its own, and a question is only
 * understood where that tag is provided for.
 */
const lines = `
_: a an the our ours is are am was were be been being have has had having of on in at to with by for from off out
_: about regarding concerning re during there us we thing things stuff one ones some any all every
_: show list display give tell print fetch bring see view lookup get gets want wants know like please kindly
_: it still yet already again actually really exactly ever too also then well and thanks thank cheers
_: breakdown got given current full entire complete detailed overall total that does just only simply guys folks
_: figures figure numbers stats stat statistics data info information overview kpi kpis metric metrics report reports
_: into onto through system whether as across instead
what: what
which: which
do: do did
done: done
anything: anything something everything
i: i my me mine myself
you: you your yours suture @suture yourself urself
who: who whom whose
why: why
how: how
when: when
where: where
not: not no nothing
or: or
now: now currently presently
can: can could
may: may might allowed permitted permit allow allows permits able eligible possible
must: must should ought
need: need needs needed require requires required necessary
anyone: anyone anybody someone somebody

happen: happened happen happens occurred occur occurring transpired
happening: happening
story: story summary summaries recap rundown timeline chronology debrief narrative tldr synopsis
history: history
summarize: summarize summarise summarised summarized explain describe
wrong: wrong amiss
fixed: fixed healed repaired solved mended cured remedied
resolved: resolved closed over finished cleared
end: end ended ends
status: status state situation condition stands stand
doing: doing go goes going gone went faring looking look looks
ok: okay ok healthy fine alive green stable
up: up
good: good
broken: broken down burning degraded unhealthy borked busted dead wonky flaky
open: open opened ongoing unresolved active live outstanding
incident: incident incidents outage outages disruption disruptions
problem: problem problems issue issues trouble troubles
alert: alert alerts alarm alarms
critical: critical crit p1 p1s sev1 sev1s criticals
high: high sev2 p2 p2s
medium: medium sev3 p3 p3s
low: low sev4 p4 p4s
severity: severity severities sev

approve: approve approves approving
approved: approved accepted agreed signed authorised authorized greenlit greenlighted okayed
approval: approval approvals permission consent signoff
approver: approver approvers
vote: vote votes voted voting voter voters
reject: reject rejects rejecting decline declines veto vetoes
rejected: rejected declined vetoed rejection rejections
decide: decide decides decision decisions decided
refused: refused denied refusal refusals refuse refuses deny denies denial denials forbidden disallowed
block: block blocks blocking blocker blockers hold holds holding prevent prevents preventing obstacle obstacles stop stops stopping impediment
blocked: blocked stuck held stalled hanging hung jammed delayed stopped prevented
waiting: waiting wait waits awaiting awaits pending queued queue queueing queuing
start: start starts starting started begin begins beginning began move moves moving moved proceed proceeding proceeds progressing
run: run runs execute executes execution executions
ran: ran executed used
running: running executing
progress: progress flight
playbook: playbook playbooks runbook runbooks remediation remediations remedy remedies
fix: fix fixes repair repairs
heal: heal heals healing
work: work works worked
working: working
succeed: succeed succeeds succeeded succeeding success successes successful successfully
helped: helped
rate: rate rates percentage percent ratio share
reliable: reliable reliability reliably effective effectiveness effectively dependable
perform: perform performs performed performing performance
outcome: outcome outcomes result results
failed: failed fail fails failing failure failures
canceled: canceled cancelled aborted
unknown: unknown unclear
odds: odds chance chances probability probabilities likelihood
prediction: prediction predictions forecast forecasts estimate estimates predicted predict
calibrated: calibrated calibration
accurate: accurate accuracy right correct honest trust trustworthy
will: will
set: set
unfinished: unfinished incomplete
rolledback: undone reverted
alone: alone spontaneously unaided
best: best top
better: better
worst: worst
worse: worse
most: most highest greatest
least: least lowest fewest
never: never
always: always
more: more
less: less fewer
than: than
vs: vs versus against
compare: compare compared comparing comparison difference differ contrast compares
duration: duration durations runtime runtimes
average: average mean median typical typically usually normally generally
take: take takes took taken taking
lasts: lasts lasting lasted
long: long longer
fast: fast quickly rapidly faster quicker swiftly
fastest: fastest quickest shortest
slow: slow slowly slower
slowest: slowest longest
recover: recover recovers recovered recovery recovering recoveries restore restored restoring
resolve: resolve resolves resolving resolution resolutions
mttr: mttr
time: time times

record: record records entry entries recorded
audit: audit audits
log: log trail
activity: activity activities actions
touch: touch touched touches
deploy: deploy deploys deployed deployment deployments release releases released rollout shipped ship ships
change: change changes changed changing
config: configuration config
window: window
windows: windows
next: next
earliest: earliest soonest soon
mode: mode
autonomous: auto autonomous observe
freeze: freeze freezes frozen freezing
policy: policy policies rules rule
force: force effect place apply applies applied
glass: breakglass

option: options option choices alternatives
steps: steps step
focus: focus prioritise prioritize
urgent: urgent urgently pressing important
attention: attention
priority: priority priorities
first: first
scheduler: scheduler
counters: counters counter health
proposal: proposal proposals suggestions proposed propose suggest suggested
make: make made makes
skip: skip skipped skips skipping
backoff: backoff
limit: limit limits limiting limited throttled throttling throttle
silence: silence silences silenced silencing mute mutes muted muting snoozed snooze suppressed
quiet: quiet silent
maintenance: maintenance
service: service services app apps application applications
day: day daily days
diagnosis: diagnosis diagnoses
per: per each
request: request requests requested requesting
proof: proof proofs prove proves
cryptographic: cryptographic crypto sealed merkle inclusion verifiable
test: test tests testing
self: self
ask: ask asked asking
question: question questions
answer: answer answers
command: command commands
help: help helps
understand: understand
`

const meanings = new Map<string, string>()
for (const line of lines.trim().split('\n')) {
  const [tag = '', words = ''] = line.split(': ')
  for (const word of words.split(' ')) if (word !== '' && !meanings.has(word)) meanings.set(word, tag)
}

/** What a word means, or null. */
export const meaningOf = (word: string): string | null => meanings.get(word) ?? null

export const knownWords: readonly string[] = [...meanings.keys()]
