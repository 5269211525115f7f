/**
 * Words that mean something together. `a/b` is either, `word?` may be left out, `@` is what the question is about and stays.
 * The tags of a line take the place of the words. Longer ones go first.
 */
const lines = `
story: catch me/us up | fill me/us in | bring/get me/us up to speed | tell me/us about | walk/talk/run me/us through | what did i/we miss | tl dr | up to speed | what is the story | what have/has i/we missed
_: can/could/would/will you please? show/tell/give/list/get/find/check? me/us? | can/could i/we see/get/have | i want/need/would? like? to know/see | i need | we need to know/see?
_: i would like to know/see? | i want to? know/see? | do you know | any idea | tell me/us | show me/us | give me/us | let me/us know/see | remind me/us | get me/us | list me/us | i am wondering/asking? | i was wondering | wondering | just curious | quick question | curious
_: my/our/the boss/manager/lead/cto/ceo/director/auditor/auditors/management/team wants/want/needs/need/asks/asked/wonders/is to/for/about? know/see/asking? | by any chance | for me/us | as well | thank you | thanks a lot | if possible | please and thank you | no rush | asap | so far | to date | until now | of all time | all time | in total | in general | over all | all in all | out there | do we have | have we got | have we had | did we have | did you have | we have had | as yet | any news | in detail | at all | as a whole | all together | these things | are they | is that | is this right
now: right/just now | at the moment | as of now | at present | this moment/minute/second/instant | right this minute/second/moment | at this point
count: how many | nr of | number of | count of | total number of | amount of | the number | the count | count
count times: how many times | how often did/have/has we/you? run/execute/use
howoften: how often | how frequently | how regularly
howlong: how long | how much time
howfast: how fast | how quick/quickly | how slow | how slowly | how speedy
howwell: how well | how good/effective/reliable/successful | how goodly
rate: hit/win rate/rates | base rate
odds: how likely | what are the odds/chances
compare: difference/differences between | compare/compared between
how doing: how are things/we | how is everything/it/life
status: where are/do we/things at/with/on/stand? | where does/do it/things stand
calibrated: well calibrated
mttr: mean/average/median/avg/typical/usual? time to recover/recovery/resolve/resolution/restore/repair/heal/fix | recovery/resolution/restoration/restore/repair time/times | time of recovery
alone: by them/it selves/self | by itself/themselves | all by itself/themselves | on it is own | on their own | all on their own | without us/help/intervention/anyone/anybody/runs | without any help/intervention/run/runs/action/fix/remediation | without a fix/run/playbook/remediation/human/hand | without our help | without doing anything | without anyone/anybody/us doing/touching/helping anything? | when/if we do nothing | doing nothing | with no help/intervention | themselves | itself | self
recover: come/comes/came/bounce/bounces/bounced back | go/goes/going/went away
happen: went/goes/go/gone wrong
goingon: going on/down | is happening | what is up with? | what is up
resolved: all clear | all over with | sorted out
broken: on fire | having/have/has/had issues/problems/trouble/difficulties | acting up | in trouble | in flames
approved: gave/give/given/gives/giving their/his/her/final blessing/approval/ok/okay/consent/permission | gave/give/given/gives @ the/a/its? go/green/ok/okay/nod/thumbs/blessing/approval/permission/yes light/ahead/up? | sign/signs/signed/signing off on? | gave/give/given/gives/giving the/a/it/its? go/green/ok/okay/nod/thumbs/blessing/approval/permission/consent/yes light/ahead/up? | said/say/says yes to? | say/said/gave ok/okay to? | green light/lighted/lit | waved through | go ahead
approve: has/have to sign off on?
sayno i: turn/turned/turning me down | say/said no to me
sayno: turn/turned @ down | said/say/says/saying no to? | turn/turned/turns/turning down | thumbs down
block: in the way of? | stand/stands/standing in the way of? | held/hold/holding/holds/keeps/keeping up/back | @ waiting/wait/waits for/on | we waiting for/on | i waiting for/on | the hold up | the holdup | holdup | keeping us/it
blocked: on hold | held up | held back
timedout: time/times/timed/timing out | ran/run/runs out of time | over time | out of time
rolledback: roll/rolled/rolls/rolling back | roll backs | rollback/rollbacks
not start: sitting there | sitting idle
glass: break/broke/broken/breaking the? glass | glass broken/break | emergency access | breakglass
freeze: code/change/deploy/deployment/release freeze/freezes
window: change/deploy/deployment/run/allowed/execution/release window
windows: change/deploy/deployment/run/allowed/execution/release windows
bystatus: by/per status/outcome/result | for each status/outcome
policy: approval/safety policy/rules/policies
selftest: run/start/do/launch/execute/perform/trigger/kick the/your/all/a/some? tests/test/selftest/diagnostics | run/start/do/launch/execute/perform/trigger the/your/a? self test/tests/check/checks/diagnostics | kick off the/your/a? self? test/tests | test yourself/suture/you | check yourself | self test/tests/check/checks | run a health check | do a health check
helpme: what can/could/may/should/might i/we ask you? about? | what can/could you do/answer/tell/help | what do you know/understand/answer/do/support | what can you tell/help me/us with? | what questions | what kind/kinds/sort/sorts/type/types of questions/question/things can/could/do i/you/we ask/answer/understand/know you? | how do/can i/we ask/use/talk you/this/suture/to? you/suture? | how do/does you/this work | what are you able to do/answer/tell | what can you help with | what are your commands | commands | usage | man page | what are you good/able at/for/to? do?
audit: on record/file | paper trail | audit log/trail/record/records/history/entries/entry/logs | who did what | what did who do
activity: up to
focus: look at first | look first | look into first | looking at first | start/begin with | where do/should/to i/we/you? start/begin/look first? | where to start/begin/look first? | first thing to/i/we look/do/check/should? at? | most urgent/important/pressing | need/needs our/my/the/most? attention first/most? | top priority/priorities | matters most | matter most | worry me/us/about most? | on fire most | fix first | tackle first | focus on first? | care about first?
deploy: went/go/goes/gone/going/been out/live | rolled/roll/rolls out | pushed out | been deployed/released/shipped | config/configuration pushes
earliest: how soon | next time/chance/slot/opportunity | how long until/till | when next
next: up next
take: does/did/do/will/would it/they take/take us/we? us/we? to? | it takes/took/take us? to? | it take/takes us? to
group_service: per/each/every service/app | for each/every service/app | by service/services/app | across services | across all services | service by service | broken/split/grouped/breakdown down? by/per service/services
group_playbook: per/each/every playbook/fix/runbook/remediation | for each/every playbook/fix/runbook/remediation | by playbook/playbooks/fix/runbook/remediation | playbook by playbook | broken/split/grouped/breakdown down? by/per playbook/playbooks
group_day: per/each/every day | for each/every day | by day/days | day by day | daily | broken/split/grouped/breakdown down? by/per day
group_diagnosis: per/each/every diagnosis | for each/every diagnosis | by diagnosis/diagnoses | broken/split/grouped/breakdown down? by/per diagnosis
which_service: which/what of? our/the/your? service/services/app/apps
which_playbook: which/what of? our/the/your? playbook/playbooks/runbook/runbooks/remediation/remediations/fix/fixes/remedy
which_day: which/what day/days
which_diagnosis: which/what diagnosis/diagnoses
when: what time | at what time/hour/point | since when
ratelimit: rate limit/limits/limited/limiting | throttle/throttled/throttling
whatabout: what about | how about | same for/with/on | the same for/with/on | what of | and what about
backoff: back/backing/backed/backs off
may: is/are/was/were authorised/authorized/allowed/permitted/able/entitled/supposed to | possible to? | it possible to? | has/have/had/got/with? the right/rights/permission/permissions/authority/power/say to | is/are in charge of | am i allowed to
must: has/have/need/needs/had/got to
story: @ about | is it about
block: keeps/keeping/kept @ | holding/holds/held/hold @ up/back
approved: signed/sign/signs @ off
why: how come | what is/was the reason for/that? | for what reason | why so | why is that | why is this so | what for
never: not once | not ever | not even once | not a single time
true: come/comes/came true | pan/panned/pans out | hold/holds/held up
`

export interface Idiom {
  readonly words: readonly string[]
  readonly tags: readonly string[]
}

const byFirst = new Map<string, Idiom[]>()

const waysOf = (phrase: string): string[][] =>
  phrase.split(' ').reduce<string[][]>(
    (sofar, piece) => {
      const optional = piece.endsWith('?')
      const choices = (optional ? piece.slice(0, -1) : piece).split('/').filter((word) => word !== '')
      return sofar.flatMap((words) => [
        ...choices.map((choice) => [...words, choice]),
        ...(optional ? [words] : []),
      ])
    },
    [[]],
  )

for (const line of lines.trim().split('\n')) {
  const [tags = '', phrases = ''] = line.split(': ')
  for (const phrase of phrases.split(' | '))
    for (const words of waysOf(phrase)) {
      const [first = ''] = words
      const known = byFirst.get(first) ?? []
      known.push({ words, tags: tags.split(' ') })
      byFirst.set(first, known)
    }
}
for (const known of byFirst.values()) known.sort((one, other) => other.words.length - one.words.length)

/** Those that begin with a word (`@` for what is asked about), the longest first. */
export const idiomsOf = (first: string): readonly Idiom[] => byFirst.get(first) ?? []

export const idiomWords: readonly string[] = [
  ...new Set([...byFirst.values()].flatMap((known) => known.flatMap((idiom) => idiom.words))),
].filter((word) => word !== '@')
