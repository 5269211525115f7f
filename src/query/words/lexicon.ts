/**
 * What words mean to Suture, by tag. A word that stands in no line means nothing to it, and a question with such a word is not
 * understood. `_` are words that narrow nothing; whatever could narrow a question has a tag of its own, and a question is only
 * understood where that tag is provided for.
 */
const lines = `
_: a an the our ours is are am was were be been being have has had having of on in at to with by for from out
_: about regarding concerning re during there us we thing things stuff one some any all every
_: each gave gives name names enumerate provide post hmm um ah oh pray
_: show list display give tell print fetch bring see view lookup get gets want wants know like please kindly
_: it still yet already actually really exactly ever too also then well and thanks thank cheers
_: breakdown got given full entire complete detailed overall total that does simply guys folks
_: figures figure numbers stats stat statistics  kpi kpis metric metrics 
report: overview report reports data info information
_: belong belongs belonged under saw remain remains remaining sitting
_: into onto through system whether as across
what: what
which: which
do: do did
done: done
anything: anything something
everything: everything everywhere
again: again
only: only just merely solely
same: same likewise ditto
ones: ones them those these they
he: he she him her his hers
if: if
say: say says said claim claims claimed promise promises quote quotes quoted announce
else: else other
people: people persons
hit: hit hits
formerly: previously historically formerly
news: news update updates newest latest
single: single
i: i my me mine myself
you: you your yours suture @suture yourself urself
who: who whom whose
why: why
how: how
when: when
where: where
not: not no nothing
or: or
now: now currently presently current
can: can could
may: may might allowed permitted permit allow allows permits able eligible possible
must: must should ought
need: need needs needed require requires required necessary
anyone: anyone anybody someone somebody

happen: happened happen happens occurred occur occurring transpired unfolded unfold
happening: happening
story: story gist lowdown highlights digest briefing postmortem summary summaries recap rundown timeline chronology debrief narrative tldr synopsis
history: history
summarize: summarize summarise summarised summarized summarizing explain describe recapitulate
wrong: wrong amiss
fixed: fixed healed repaired solved mended cured remedied
resolved: resolved closed over finished cleared completed finish finishes settled
end: end ended ends
status: status state situation condition stands stand
doing: doing go goes going gone went fare fares fared faring looking look looks progressing
ok: okay ok alright healthy fine alive green stable operational functioning functional
up: up
good: good
broken: broken break down burning degraded unhealthy borked busted dead wonky flaky impaired crashed broke breaking breaks crash crashes
open: open opened ongoing unresolved active live outstanding
incident: incident incidents outage outages disruption disruptions
problem: problem problems issue issues trouble troubles
alert: alert alerts alarm alarms
critical: critical crit crits p1 p1s sev1 sev1s criticals
high: high sev2 p2 p2s
medium: medium sev3 p3 p3s
low: low sev4 p4 p4s
severity: severity severities sev

approve: approve approves approving authorize authorise
approved: approved confirmed backed ratified blessed accepted agreed signed authorised authorized greenlit greenlighted okayed sanctioned endorsed
approval: approval approvals permission consent signoff authorization authorisation
approver: approver approvers
vote: vote votes voted voting voter voters
reject: reject rejects rejecting decline declines veto vetoes
rejected: rejected declined vetoed rejection rejections downvoted
decide: decide decides decision decisions decided
refused: refused refusing denying denied refusal refusals refuse refuses deny denies denial denials forbidden disallowed
block: hinders hinder hindering impedes impeding obstructs delays delaying stalls stalling holdup block blocks blocking blocker blockers hold holds holding prevent prevents preventing obstacle obstacles stop stops stopping impediment
blocked: blocked paused suspended parked stuck held stalled hang hangs hanging hung jammed delayed stopped prevented delay
waiting: waiting wait waits awaiting awaits pending queued queue queueing queuing backlog
start: start starts starting started begin begins beginning began move moves moving moved proceed proceeding proceeds
run: run runs execute executes execution executions
ran: ran executed used
running: running executing
progress: progress flight underway
playbook: playbook playbooks runbook runbooks remediation remediations remedy remedies automation automations
fix: fix fixes repair repairs solve solves solving cure cures mend mends
heal: heal heals healing
work: work works worked
working: working
succeed: succeed succeeds succeeded succeeding success successes successful successfully
helped: helped
rate: rate rates percentage percentages percent ratio ratios share proportion fraction portion
reliable: useful helpful efficient proven promising reliable reliability reliably effective effectiveness effectively dependable
perform: perform performs performed performing performance
outcome: outcome outcomes result results
actual: actual actuals reality truth
bad: unreliable ineffective useless
failed: errored botched flopped unsuccessful unsuccessfully failed fail fails failing failure failures
canceled: canceled cancelled aborted scrapped
unknown: unknown unclear
odds: odds chance chances probability probabilities likelihood
prediction: prediction predictions forecast forecasts estimate estimates estimated predicted predict predicts confidence guess guesses calls
calibrated: calibrated calibration overconfident underconfident miscalibrated
accurate: accurate accuracy right correct honest trust trustworthy rely relied believe believable precise realistic trusted
will: will
set: set
unfinished: unfinished incomplete
rolledback: undone reverted revert
alone: alone spontaneously unaided
best: best top strongest finest
better: better
improve: improve improved improves improving worsen worsened worsening dropped increased decreased risen grown
worst: worst bottom crappiest shittiest lousiest poorest weakest suckiest
worse: worse
most: most highest greatest
least: least lowest fewest
never: never
always: always
true: true
more: more higher larger bigger greater
less: less fewer lower smaller
than: than
vs: vs versus against
compare: compare compared comparing comparison difference differ contrast compares
duration: duration durations runtime runtimes
average: average mean median typical typically usually normally generally
take: take takes took taken taking
lasts: lasts lasting lasted
long: long longer
fast: fast quickly rapidly faster quicker swiftly speedily
fastest: fastest quickest shortest
slow: slow slowly slower
slowest: slowest longest
recover: recover recovers recovered recovery recovering recoveries restore restored restoring
resolve: resolve resolves resolving resolution resolutions
mttr: mttr ttr
time: time times

record: record records entry entries recorded
audit: audit audits ledger logbook journal
log: log trail
activity: activity activities
action: action actions
touch: touch touched touches
deploy: pushed landed upgraded upgrade upgrades deploy deploys deployed deployment deployments release releases released rollout rollouts shipped ship ships pushes changelog changelogs
change: change changes changed changing modified modification modifications altered different
config: configuration config
window: window slot
windows: windows
next: next
earliest: earliest soonest soon
mode: mode
autonomous: auto autonomous observe autopilot automatically autonomously
freeze: freeze freezes frozen freezing embargo moratorium lockdown
policy: policy policies rules rule guardrails guardrail
force: force effect place apply applies applied
glass: breakglass

option: options option choices choice alternatives ideas possibilities possibility
steps: steps step
focus: focus prioritise prioritize
urgent: urgent urgently pressing important
biggest: hottest biggest largest main
deserves: deserves deserve
attention: attention
priority: priority priorities
first: first
scheduler: scheduler
counters: counters counter health
proposal: proposal proposals proposed propose
suggest: suggest suggests suggested suggestion suggestions recommend recommended recommends recommendation recommendations advise advice
make: make made makes making
skip: skip skipped skips skipping
backoff: backoff
limit: limit limits limiting limited throttled throttling throttle
silence: silence silences silenced silencing mute mutes muted muting snoozed snooze snoozes suppressed hushed quieted suppress suppressing suppression suppressions
quiet: quiet silent
maintenance: maintenance
service: service services app apps application applications
day: day daily days
diagnosis: diagnosis diagnoses
per: per
request: request requests requested requesting
proof: receipt attestation proof proofs prove proves proven proved provable evidence
cryptographic: cryptographic cryptographically crypto sealed merkle inclusion verifiable
test: test tests testing
self: self
ask: ask asked asking
question: question questions
answer: answer answers answering
example: example examples sample samples
command: command commands
help: help helps
understand: understand understands support supports handle handles
`

const meanings = new Map<string, string>()
for (const line of lines.trim().split('\n')) {
  const [tag = '', words = ''] = line.split(': ')
  for (const word of words.split(' ')) if (word !== '' && !meanings.has(word)) meanings.set(word, tag)
}

/** What a word means, or null. */
export const meaningOf = (word: string): string | null => meanings.get(word) ?? null

export const knownWords: readonly string[] = [...meanings.keys()]
