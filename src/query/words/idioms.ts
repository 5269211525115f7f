/**
 * Words that mean something together. `a/b` is either, `word?` may be left out, `@` is what the question is about and stays.
 * The tags of a line take the place of the words. Longer ones go first.
 */
const lines = `
story: catch me/us up | fill me/us in | bring/get me/us up to speed | tell me/us about | walk/talk/run me/us through | what did i/we miss | tl dr | up to speed | what is the story | what have/has i/we missed
_: can/could/would/will you please/kindly/also? show/tell/give/list/get/find/check/fetch/pull/print/name/provide/send/share? me/us? | can/could i/we see/get/have | i want/need/would? like? to know/see | i need | we need to know/see
_: i would like to know/see? | i want to? know/see? | do you know | any idea | tell me/us | show me/us | give me/us | let me/us know/see | remind me/us | get me/us | list me/us | i am wondering/asking? | i was wondering | wondering | just curious | quick question | curious
_: my/our/the boss/manager/lead/cto/ceo/director/auditor/auditors/management/team wants/want/needs/need/asks/asked/wonders/is to/for/about? know/see/asking? | by any chance | for me/us | as well | thank you | thanks a lot | if possible | please and thank you | no rush | asap | so far | to date | until now | of all time | all time | in total | in general | over all | all in all | out there | do we have | have we got | have we had | did we have | did you have | we have had | as yet | in detail | at all | as a whole | all together | these things | are they | is that | is this right
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
must approve: has/have/had/need/needs to sign off on?
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
earliest: how soon | next possible/free/available/open? time/chance/slot/opportunity | how long until/till | when next
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
whatabout: i meant/mean | no i meant/mean | what about | how about | the? same for/with/on/in | the? same thing/question/query/one? but? for/with/on/in? | do the same for/with/on/in | now for/with | likewise for/on | what of | and what about
backoff: back/backing/backed/backs off
may: is/are/was/were authorised/authorized/allowed/permitted/able/entitled/supposed to | possible to? | it possible to? | has/have/had/got/with? the right/rights/permission/permissions/authority/power/say to | is/are in charge of | am i allowed to
must: has/have/need/needs/had/got to
story: @ about | is it about
block: keeps/keeping/kept @ | holding/holds/held/hold @ up/back
approved: signed/sign/signs @ off
why: how come | what is/was the reason for/that? | for what reason | why so | why is that | why is this so | what for
never: not once | not ever | not even once | not a single time
true: come/comes/came true | pan/panned/pans out | hold/holds/held up
_: do you happen to know | would you mind telling/showing/giving? me/us? | can/could you kindly tell/show/give? me/us? | i was wondering if/whether you/we? could/can? tell/show/give? me/us?
_: if you do not mind | if you can/could | if any | when you have/get a? second/minute/moment/time/chance | sorry to bother/interrupt/ask | sorry for bothering/asking/interrupting | excuse/pardon me | sorry
_: good morning/afternoon/evening/day all/team/folks/everyone/everybody? | hi/hello/hey/morning all/team/there/everyone/everybody/folks/guys | dear all/team/suture
_: for the/my/our/a report/postmortem/retro/review/standup/meeting/slides/deck/handover/handoff/newsletter | quick/short one | dumb/stupid/silly/honest/serious/another/next/small/simple/last question but? | one more question/thing
_: out of curiosity | much appreciated | appreciate it | many/big/lots thanks | thanks in advance | thank u | lots of thanks | real quick | or not | for real | and thanks
_: just woke up | i? just got here/back/in/online | i? just joined/arrived/landed | i am new this? | i am new to this | i am late | i am back | was away/out/asleep/offline | i was away/out/asleep/offline | back from lunch/vacation/holiday/holidays/leave/break
_: in the past | over time | tend/tends to | pull/dig/look/bring up all/the? | up to now | as of today | would be good/great/nice/helpful to know/see | it would be good/great/nice to know/see | i am interested in | i am curious about/how/what/which/whether/if | i am looking for | i am trying to find/see/understand | help me find/see | may i ask | is there a way to see/know/tell | what would be
who: anyone/anybody/somebody/someone who/that | which/what people/persons/person | everyone/everybody/those/people/persons who/that | names of those/people/everyone who/that | list of everyone/people/those who/that | who else
can: with permission/permissions/rights/right/authority/power/say to | has/have/had/got permission/permissions/authority/power to | gets to | has/have a? say in/on? | may be/being able to
approved: wave/waved/waves @ through | gave/give/given/gives the/a/its/it/their? go ahead | go ahead for
approver: approval rights/right/permission/permissions/power/powers
anyone: everyone/everybody else | anyone/anybody else
never: not/never a single time/success | never once/ever/even | never even once | have/has/had yet to | zero/0/no percent | zero/no times | 0 times | not even ever
never succeed: zero/0/no success/successes | without a/any/one? single? success/successes | no single success | not a/one single? success | with no/zero/0 success/successes | not succeeded/worked/helped a single time | not succeeded/worked/helped even? once | not succeed/work/help a single time | not succeed/work/help even? once | no luck
most: most often/frequently | most of the time | the most | the most often/frequently
least: least often/frequently | the least | the least often/frequently
good: any good | worth it/using/running/trying/anything | worth the effort/trouble | of any use | any use | do/does/did any good
rate: track record/records | win/loss record
vs: stack/stacks/stacked/measure/measures/measured/fare/fares/hold/holds up? against/to | compared/relative/opposed/comparison/contrast/relation to/with | as opposed to | in comparison to/with | in contrast to/with
howlong: how much time
howmuch: how much | to what extent/degree
calibrated: over/under confident | too confident/optimistic/pessimistic/sure | overly optimistic/confident/pessimistic
actual: what actually/really happens/happened | the real world | the real outcome/outcomes/result/results/rate/rates/numbers
true: match/matches/matched up? | line/lines/lined up with | close/closer/near to | hold/holds water
howwell: how close/near/far off?
prediction: the odds you give/quote/show/claim | odds you give/quote/show/claim | percentages you give/quote/show/claim | your numbers/percentages
alone: on its/their/his own | by its own | on its/their own accord | of its/their own accord | without us/anybody/anyone/people touching/helping/stepping/doing anything/in? | without anyone/anybody/us/you lifting a finger | without human/manual/our/any intervention/action/help/interaction | with no intervention/action/help/human/touch | no intervention | natural/spontaneous/unassisted | untreated | when/if left alone | left alone
story: sum up | sum @ up | short/quick/brief/rough/fast/executive summary/recap/rundown/overview/version/story/debrief | summary/recap/overview/rundown/version in brief | post mortem | sequence/order/course/chain of events | more/everything/all/anything/something/the details/lots about @ | details/detail of/on/about/for? | the details/detail of/on/about/for? | tell me/us more/everything about | what do we/you know about | what is/was the deal with | whats the deal with | long story short | short/long version | bring/get me/us? up to date | get me/us? caught up | catch up | clue/brief me/us? in? on? | what have/did i miss/missed
all_services: all of? our/the/your? services/apps/systems | the whole platform/system/stack/estate | whole platform/system/stack/estate
all_playbooks: for/across/over all of? our/the/your? playbooks/fixes/remediations/runbooks
rate all_playbooks: rates of all our/the/your? playbooks/fixes/remediations/runbooks
more: more often/frequently/reliably/successfully
less: less often/frequently/reliably/successfully
_: of the two/both | out of the two | of these/those two
can: capable of
option: what do we/i do
block: we/you stuck on
_: need the/a/an/all
_: just checking | can/could/does/do anyone/anybody/someone/somebody tell me/us | can/could/does/do anyone/anybody/someone/somebody know | i wonder | wonder
option: any idea/ideas for
block: @ awaiting
story: all about
block: hold/holds/held/holding/slow/slows/slowing us/me/everything/things/everyone up/back/down
happen: take/takes/took/taken place
progress: under way | in motion
silence: alerts/alerting/alarms off/disabled/paused/muted
mttr: speed of recovery/resolution | recovery/resolution/restoration speed | resolve time/times | mean time to restoration/resolve/recover/repair
recover: get/gets/got/getting back up/online/alive | back on its/their feet | gets/get/got back on its/their feet
succeed: went/go/goes/gone well/through/fine/okay/smoothly
failed: went/go/goes/gone badly/poorly
rolledback: backed/backing/back out | rewound
canceled: called off | calling off
timedout: hit/exceeded/exceed/exceeds the/a/their? time limit | exceeded/exceed the/their? timeout
sayno: shot/shoot/shoots/shooting @ down | shot/shoot/shoots/shooting down | shot/shoot anything/something down
approved: rubber stamped | rubber-stamped | gave/give/given/gives @ the/a? nod/blessing
activity: get/gets/got up to
audit: who did what and? when
earliest: next opening/occasion
windows: time/approved/permitted/agreed windows
glass: emergency mode/override/bypass/powers
selftest: sanity/smoke check/test/tests/checks | diagnose yourself | run/do a sanity/smoke check/test
helpme: how to use you/this/suture/it? | how to ask you/suture? | menu | guide me | your menu
helped: pay/pays/paid/paying off | do/does/did the trick/job | get/gets/got the job done | make/makes/made a difference
rate: win ratio | batting average | success score/scores
duration: time needed/required/taken by/for/of? | time it takes
never: at no time/point | not a once
never succeed: not worked/succeeded/helped ever
best: top rated/performing | highest rated | number one | winning
timedout: ran/run/runs/running into a? timed out | hit a/the/their? timed out
sayno: turn/turned/turning anything/something/things/everything down
earliest: next allowed/permitted/legal time/date/moment/slot/window
may: would/will be able/allowed/permitted/entitled to
_: i/we would like/love/appreciate | i/we would like/love to have/get/read | would/could you be so kind/good/nice to/and/as? | be so kind/good to/and/as?
happen: was up with?
rate: what/which percentage/share/fraction/proportion/percent of the? time/times/cases | percentage/share/fraction/proportion of the? time/times/cases
focus: burning/burns/hurting/hurts us? the? most
selftest: can/could/will/would you please? check/test yourself | run/do/start/perform/launch a quick/full/short/complete/little self? test/check/diagnosis/tests
never rate: rate of zero/0
always: every single? time | each single? time
option: where do/should/can we/i go from this | where to from this | where to now/next
count: tally | total count | head count
true: hold/holds/held/ring/rings/rang true/good/water | stand/stands/stood up | prove/proves/proved/turn/turns/turned out? right/correct/true/accurate
story: everything about | what was/is/were about
quiet: kept/keep/keeping/stay/stayed quiet/silent | gone quiet/silent
end: turn/turned/turns/pan/panned/work/worked out
succeed failed vs: successes/success/successful and failures/failure/failed | succeeded/worked and failed/failures | wins and losses
need i: do/did/will/would/should i/we need
must i: do i/we need to | do i/we have to
happen: went/gone on/down with? | was going on | going on back then | became/become of | how did @ go/unfold/play/end/turn/finish/run out? | how has/have @ gone/unfolded | how was @ handled/solved/fixed/resolved/dealt/addressed/mitigated/remediated with? | how were @ handled | we/you try/tried | you attempt/attempted | been tried/attempted/done | was tried/attempted/going
status: how is @ coming/moving/getting along/on? | how is @ holding/shaping up? | how does @ look/stand | where does @ stand | where is @ at | where do we stand with/on? | holding up | coming along | how far along | how far | sit rep | sitrep | state of play/affairs/things | any news/update/updates/progress/change/movement on/with/for/about? | the latest on/with/about? | latest on/with/about | update/updates/news on/with/for/about
up: @ back | back up | back online | up again | back to normal | back in business/action/service | up and running | still standing | up and about
broken: a fire | any fires | fires? burning | gone dark | not working | out of order | fallen over
problem: anything/something/anyone off | hiccups/hiccup
incident: incident reports/report/records/tickets
_: break/split/slice/group/divide this/them/those/these down/up? | break/split/slice/divide down/up | split/slice/group/grouped/divide/divided | broken down
block: missing for/from/on/to/on | missing | standing in @ way | the delay/hold/wait/blocker/bottleneck/issue with/on/for? | hold/holds/held/holding @ back/up | keep/keeps/kept/keeping @ from | bottleneck
why: the reason for/that/why? | reason for/that/why | reasons for/that/why? | what is/are the reason/reasons for/that/why? | for which reason | out of what reason | what made you
andwhy: and why | and for what/which reason | and the reason | and how come | with reason/reasons | and what for
steps: how do/should/can/shall we/i/you proceed/continue/go on? | what comes next | comes next | happens next | what follows | up next
option: possible/available/allowed actions/steps/moves/action | actions available/possible/allowed/open | which/what actions/moves/steps/action/move/step can/could/may/do/are/should/would i/we/available/possible/allowed/open take/do/run/have/there/make?
may i: let me/us
high severity: sev2 | p2 | p2s
medium severity: sev3 | p3 | p3s
low severity: sev4 | p4 | p4s
group_day: a day
define: what is/are a/an | is/are deployed/live/released on/to
howlonghas: how long has/have
login: log/logged/logging/sign in/into/on as?
running: being executed/run/processed/applied/performed
rolledback: roll/rolled anything/something/things/everything back
quiet: so quiet/silent
maintenance: under maintenance
who need: who do/did/should/must/will i/we/you need
who must: who do/does/did i/we need to | who needs to
who may approve: who decides/approves/authorizes/authorises | who signs off on?
suggest: would you do/suggest/recommend/try/run
option: is to be done | is there to do | to be done | is there left to do
count: how many is/are/was/were/would this/ones/there
_: had to be | a few | a couple of | had to
count: tally of | what number of | the tally
count incident: how much/mny incidents/outages
count run: how much/mny runs
may: possible again | authorized/authorised to | able to be | is/are @ allowed | become/becomes possible
earliest: at the earliest | soonest/earliest possible/time/slot/moment? | how long until/till/before i/we/you? can/may? | as soon as possible
force: in use | in force/effect/place/action | switched/turned on | enabled | govern/governs/governing | enforced | valid
mode: run/runs/running/operating/operate/work/working mode | operating mode | the mode
autonomous: auto pilot | on autopilot | on your/its own/initiative | by yourself | without asking/approval/us | do/does/act/acts/run/runs/running/acting things/playbooks/fixes automatically/autonomously | hands off
windows: inside/within/outside/in of? the/a/our? change/maintenance window/windows
freeze: on ice | frozen up | in lockdown | locked down | change stop/moratorium | change lockdown
ratelimit: hit the/your/a/any? rate? limit/limits/ceiling/cap | rate capped | at/over the/your? rate? limit
selftest: run/start/do/launch/execute/perform/trigger all? of? the/your/my/its? own? tests/test/checks/check/diagnostics | check your/own health/self/status | a health check | check in? on? yourself | health check | test/check suture/yourself/you | run a? diagnosis on yourself | self check/diagnosis/diagnostics/diagnostic
helpme: give/show/list/tell me/us? some/a/few/any? example/sample examples/questions/queries? | example/sample/possible/sample questions/queries/question/query | examples | what can i say/type | what do you offer/handle/cover/do | which/what questions/things/queries can/could/do/does you answer/understand/know/handle/support | what are your abilities/capabilities/features/functions/skills | your capabilities/abilities/features/commands/functions | list/show of? your? commands/features | how can you help/assist me/us? with? | how could you help me/us? | can/could you help me/us? | what else can/could/do you do/answer/know/understand? | how does this bot/thing/tool/assistant work | how do/does i/one/we work/talk/speak with/to you/this/suture | what can i do with you | introduce yourself | cheat sheet | cheatsheet | user guide | what commands are there/available? | which commands are there/available?
you: the bot | this bot | bot
focus: look/check/start first/at/with? first | deal/work/act with/on first | deal with/work on/handle/take care of/look into/attack/address/fix/solve first | biggest/largest/main/worst/most problem/issue/fire/trouble/concern/worry/headache right? | where is the fire | needs/need/deserves/deserve/wants/requires/merits my/our/the? attention/focus/eyes/look first/most? | needs/need looking first/most? | where do/should i/we need/have? to? look/focus/start | burns/burning/hurts most | matters/matter the? most | number/priority one | highest priority | important thing/things/issue to/right? do/look/see/fix/handle? at? | where shall/should/must/do/can i/we look/start/begin/focus | on what should i/we focus
option: how do/can/could/should/would/might/shall/may/must we/i/one fix/solve/resolve/repair/mend/heal/cure/remedy/address/tackle/mitigate/handle/stabilize/stabilise | how to fix/solve/resolve/repair/mend/heal/cure/remedy/address/tackle/mitigate/handle/stabilize/stabilise | how do/can/could/should/would we/i/one get @ fixed/resolved/solved/healthy/working/back/up/green | how can/could/should/might/may @ be fixed/resolved/solved/repaired/healed | what is/are the fix/cure/remedy/solution for
suggest: do/would you propose
story: what do/did we know so far? | what have/has we got
refused: turned away | sent away | turned back
who: who is/was/were behind
status: health/wellbeing of
group_playbook succeed: playbooks/remediations/runbooks/fixes compare
autonomous: act/acts/acting/decide/deciding on your/its/their own
option: what to do about/with/for/on
happen: steps/actions/measures/action was/were/have/has been? taken
decide: made/make the call/decision on/for/about | took/take the decision on/for/about
approved: pressed/hit/clicked/pushed approve on/for? | voted yes on/for/to? | voted in favour/favor of?
sayno: voted no on/for/to? | voted against
cause: broke/breaks/crashed/killed @
order: i/we need/want/require approval/approvals/permission for/on/to
for_me: wait/waits/waiting/pending for/on me/my
option: ways to fix/solve/resolve/repair/heal/handle | a way to fix/solve/resolve/repair/heal/handle | what could/would/might/can/will fix/help/cure/heal | what is left to try/do | what else is there to try/do | what is there to try | anything/something/things/stuff left? to try/do | worth trying/a try | what to try
can i do: can/could/may/should/might/shall/would i try/attempt/test
can do: can/could/may/should/might/shall we/one/you try/attempt/test
happen: how did we/they fix/solve/resolve/repair/heal/handle
best: did/does/do/doing the best/finest job/work
worst: did/does/do/doing the worst/poorest job/work
status: quick/brief/short/rough/small? status overview/summary/report/update/check/rundown/recap | overview/summary of the? status/state/situation
_: sorry to bother/interrupt/ask/disturb you/all/everyone? | sorry for bothering/asking/interrupting/disturbing you/all/everyone?
_: for the/my/our/an? audit/auditor/auditors/compliance/regulator/regulators/ticket/records/books i/we need/want/have/must/would? like? to? know/see? | for the/my/our/an? audit/auditor/auditors/compliance/regulator/regulators
approved: let/lets/letting @ through/pass/go/happen | let through
not happening: not gone/go/going/went/moved/moving/come/came through/ahead/forward/anywhere | not through
not happening: not/not been? picked up | not going anywhere | nothing happening
skip andwhy: skip/skipping reason/reasons | reason/reasons for/of the? skips/skip/skipping/skipped | reasons you skip/skipped
refused why: refusal/denial reason/reasons | reason/reasons for/of the? refusal/refusals/denial/denials | grounds for/of the? refusal/denial
block: blocking/block reason/reasons | blocked by
refused you: you keep refusing/denying/blocking
refused: keeps/kept refusing/denying/blocking
sayno: keeps/kept saying no to? | keeps/kept rejecting/declining
steps: my/our/the/your? next/best/first move/moves
focus: am i needed most/first? | are we needed most/first? | on/at? top of the/my/our? pile/list/stack/heap/agenda | the? most/single important/urgent/pressing/critical thing/things/matter/one/problem? right/now? | the? most/single important/urgent/pressing/critical thing/things/matter/one/problem to do/see/fix/handle/look at/into? | what matters now/right | what cannot wait | what can not wait
status: getting/get/gets on/along
status: fallen/falling/fall/falls behind | lag/lagging/lagged/lags behind? | keep/keeps/keeping pace | in good shape/health/order | in trouble/shape
onlywhen: or only when/if/after/once asked/told/approved/allowed/permitted | or only when/if i/we/somebody/someone ask/asks/approve/approves/say/says so? | or do you? ask/wait first? for us/me? | or with approval
outcome: whose outcome/result/status/end is/was/are
proof: proof/receipt/evidence file/document/package/bundle/sheet
why: on what/which grounds/basis/ground
whatabout: make this | change this to | switch this? to | instead of this | let us say
waiting approval: waits/waiting for a/an/the/some/somebody's? ok/okay/approval/go/decision/vote/yes/signature/signoff
must approve: wake/call/ping/page/bug/ask/contact/phone/poke/get/reach up? to approve/sign/ok/authorize/authorise off? | wake/call/ping/page/bug/contact/phone/poke/reach up? for? approval/signoff of/on/for?
focus: needs/need me/us first/most/now? | with what should/do/shall/must/can i/we begin/start | attend to first? | take/pick/do first | should attention go first? | attention go first | where should attention go first? | look at/into? next/now | handle/tackle first | deserves/needs me/us | what is most/more? urgent/pressing/critical/important
selftest: carry out a/the/your/some/an? full/complete/quick? self? test/tests/check/checks/diagnostics/diagnosis | conduct/make/do/run/perform/execute/start a/the/your/some/an? full/complete/quick? self? test/tests/check/checks/diagnostics/diagnosis of? yourself? | do/does/did/are all? of? your/suture own? tests/checks/test/self-tests pass/passing/passed/work/succeed/fail/run/green/ok/okay/fine | your own? tests/checks/test pass/passing/green/ok/okay/fail/failing? | all? your own? tests/checks | test/check if/whether you work/function/are? working/ok/okay/fine/healthy? | the? self tests/checks
prediction: the? odds that? you state/give/quote/show/claim/offer/publish/put | your odds/percentages/estimates/predictions/numbers
happen anything: gone/went/go/going wrong anywhere
_: for the/my/our/a/this/their? team/weekly/monthly/quarterly/management/board/yearly/annual/daily/status/incident? report/review/meeting/slides/standup/postmortem/newsletter/call/sync/deck
_: i/we would need/require | would need | if you would/could/can/may/please
mode: mode in which | mode @ is operating/running/working in? | the? mode of operation | operating in | is/are operating
helpme: which/what questions may/can/could/should/shall/do i/we put/ask/pose/send/give to? you? | what/which questions are possible/allowed/supported/understood/there/ok/available | what/which kind/kinds/sort/sorts/type/types of stuff/things/thing/questions/question can/could/may/do/should i/we ask you? | teach/show/tell me/us? what i/we can/could/may/should ask you? | what i/we can/could/may/should ask you? | what are you for | what is this/it good for | what can/could i/we ask
how doing: how is/are it/things/everything/all/stuff going/looking/running with/on/for/at/over? | how is it going with/on/for/at? | how is everything/all looking
better than: better as | beat/beats/outperform/outperforms/outdo/outdoes/surpass/surpasses/top/tops
worse than: worse as
howlong: how many/much minutes/seconds/hours
need: does @ take/need
earliest: how long do/must/should/will/would i/we have? need? to? wait until/till/before/for i/we? can/may/could? | how long until/till/before/for i/we can/may
why: but why
glass: someone/anyone/somebody/anybody/who is? using break glass | using/used break glass
mttr: speed of recovering
status: how is @ looking/doing now? | where do things stand with/on/for/at? | how do things look on/for/at/with? | how are things looking? on/for/at/with?
option: can be done about/for/with/on? | can/could/should we/i/one do about/for/with/on | are my/our/the? options for/on/with?
ok: holding/holds/hold up ok/okay/well/fine?
recover fastest: comes/come/came/coming/bounces/bounce back the? fastest/quickest/soonest after? an/any/each? incident/incidents/outage/outages?
recover slowest: comes/come/came/coming/bounces/bounce back the? slowest

_: any where/place | somewhere
running: runs/run going | got any runs going
helpme: not know/sure what/how/where/which to ask/say/type/write you? | no idea/clue what/how to ask/say/type/write you? | what to ask/say/type you? | i? do not know what/how/which to ask/say/type you? | i am not sure what to ask/say/type you? | i have no idea/clue what to ask/say/type you?
`

export interface Idiom {
  readonly words: readonly string[]
  readonly tags: readonly string[]
}

/** Kept as it is written: said in all its ways, these phrases are 27,000 lists of words, some nine megabytes. */
interface Phrase {
  readonly parts: readonly { readonly choices: readonly string[]; readonly optional: boolean }[]
  readonly tags: readonly string[]
}

const phrases: readonly Phrase[] = lines
  .trim()
  .split('\n')
  .flatMap((line) => {
    const [tags = '', ways = ''] = line.split(': ')
    return ways
      .split(' | ')
      .map((phrase) => ({ parts: phrase.split(' ').map(partOf), tags: tags.split(' ') }))
  })

function partOf(piece: string): Phrase['parts'][number] {
  const optional = piece.endsWith('?')
  return { choices: (optional ? piece.slice(0, -1) : piece).split('/'), optional }
}

/** The first word of each way to say a phrase, and the second where there is one. */
const startsOf = ({ parts }: Phrase): Set<string> =>
  new Set(
    parts
      .reduce<string[][]>(
        (starts, { choices, optional }) =>
          starts.flatMap((start) =>
            start.length === 2
              ? [start]
              : [...choices.map((word) => [...start, word]), ...(optional ? [start] : [])],
          ),
        [[]],
      )
      .map((start) => start.join(' ')),
  )

/** Many begin alike. */
const byStart = new Map<string, Phrase[]>()
for (const phrase of phrases)
  for (const start of startsOf(phrase)) {
    const known = byStart.get(start)
    if (known === undefined) byStart.set(start, [phrase])
    else known.push(phrase)
  }

type Fits = (word: string, offset: number) => boolean

/** The longest way to say what is left of a phrase after these words, the first of those that are as long; null if none fits. */
const longestWay = (
  parts: Phrase['parts'],
  fits: Fits,
  from = 0,
  words: readonly string[] = [],
): readonly string[] | null => {
  const part = parts[from]
  if (part === undefined) return words
  const longest = part.choices
    .filter((word) => fits(word, words.length))
    .map((word) => longestWay(parts, fits, from + 1, [...words, word]))
    .reduce(longer, null)
  return part.optional ? longer(longest, longestWay(parts, fits, from + 1, words)) : longest
}

const longer = <T extends { readonly length: number }>(one: T | null, other: T | null): T | null =>
  one === null || (other !== null && other.length > one.length) ? other : one

const longestFrom = (start: readonly string[], fits: Fits): Idiom[] => {
  const begins: Fits = (word, offset) => {
    const begun = start[offset]
    return begun === undefined
      ? start.length === 2 && fits(word, offset)
      : word === begun && fits(word, offset)
  }
  return (byStart.get(start.join(' ')) ?? []).flatMap(({ parts, tags }) => {
    const words = longestWay(parts, begins)
    return words === null || words.length < start.length ? [] : [{ words, tags }]
  })
}

/** The longest that begins with a word (`@` for what is asked about), one of the next, and goes on as `fits` says. */
export const idiomAt = (first: string, next: readonly string[], fits: Fits): Idiom | undefined =>
  [...next.map((second) => [first, second]), [first]]
    .flatMap((start) => longestFrom(start, fits))
    .toSorted((one, other) => other.words.length - one.words.length)[0]

export const idiomWords: readonly string[] = [
  ...new Set(phrases.flatMap(({ parts }) => parts.flatMap(({ choices }) => choices))),
].filter((word) => word !== '@')
