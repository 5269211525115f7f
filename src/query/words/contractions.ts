/** What people write for other words: taken apart, in short, or two words as one. */

const pairs = `
whats=what is|what're=what are|whos=who is|hows=how is|whys=why is|wheres=where is|whens=when is|thats=that is
theres=there is|its=it is|lets=let us|isnt=is not|wasnt=was not|arent=are not|werent=were not|doesnt=does not
dont=do not|didnt=did not|hasnt=has not|havent=have not|hadnt=had not|cant=can not|cannot=can not
couldnt=could not|wont=will not|won't=will not|can't=can not|shouldnt=should not|wouldnt=would not|im=i am
ive=i have|id=i would|youre=you are|weve=we have|gimme=give me|lemme=let me|wanna=want to|gonna=going to|u=you
ur=your|r=are|y=why|pls=please|plz=please|plss=please|rn=now|atm=now|thx=thanks|ty=thanks|w/=with|wat=what
wut=what|wot=what|waht=what|whta=what|hwo=how|howm=how|woh=who|teh=the|hte=the|si=is|aer=are|fo=of|wich=which
wht=what|whst=what|hw=how|wha=what|staus=status|stauts=status|statsu=status|sttus=status|wehre=where|wy=why|hwy=why|whi=who|runing=running|waitng=waiting
whcih=which|whihc=which|witch=which|wen=when|wehn=when|whn=when|y'all=you|yall=you|ya=you|cuz=because
info=information|prev=previous|yest=yesterday|yday=yesterday|inc=incident|incs=incidents|svc=service
svcs=services|happend=happened|tmrw=tomorrow|b4=before|hrs=hours|hr=hour|mins=minutes|min=minutes|secs=seconds
wk=week|wks=weeks|mth=month|mths=months|yr=year|avg=average|mgr=manager|ppl=people|comp=compared
selftest=self test|self-test=self test|selfcheck=self check|breakglass=break glass|break-glass=break glass
postmortem=post mortem|post-mortem=post mortem|rolledback=rolled back|timedout=timed out|timeout=timed out
timeouts=timed out|timed-out=timed out|rolled-back=rolled back|back-off=backoff|back-offs=backoff
rate-limit=rate limit|rate-limited=rate limited|rate-limits=rate limits|to-do=todo|so-far=so far
sign-off=signoff|sign-offs=signoff|signoffs=signoff|signed-off=signed off|self-recovery=self recovery
self-heal=self heal|self-healed=self healed|self-healing=self healing|self-recovered=self recovered
self-resolve=self resolve|self-resolved=self resolved|roll-out=rollout|rollouts=rollout|roll-outs=rollout
hold-up=holdup|on-going=ongoing|re-run=rerun|tl=tl|tldr=tldr|dr=dr|ok'd=okayed|okd=okayed|oked=okayed
go-ahead=go ahead|thumbs-up=thumbs up|green-lit=green lit|change-log=changelog|self-check=self check
post-mortems=post mortem|howmany=how many|whatis=what is|lastweek=last week|thisweek=this week
lastmonth=last month|thismonth=this month|lastyear=last year|thisyear=this year|ytd=year to date
mtd=month to date|wtd=week to date|thks=thanks|tks=thanks|tnx=thanks|tx=thanks|cheerz=cheers|plse=please
pleas=please|plez=please|ppls=people|gotta=got to|dunno=do not know|hes=he is|shes=she is
theyre=they are|aint=is not|s/o=someone|sth=something|smth=something|sthg=something|nbr=number|num=number
cnt=count|qty=count|pct=percent|perc=percent|approx=approximately|fyi=for your information|btw=by the way
afaik=as far as i know|imo=in my opinion|rly=really|srsly=seriously|tho=though|cos=because|bc=because
pb=playbook|pbs=playbooks|wknd=weekend|tues=tuesday|thurs=thursday|weds=wednesday|wensday=wednesday|sev-1=sev1
sev-2=sev2|sev-3=sev3|sev-4=sev4|p-1=p1|prio=priority|mean-time-to-recover=mttr|mean-time-to-recovery=mttr
time-to-recover=time to recover|time-to-recovery=time to recover|run-time=runtime|per-service=per service
by-service=by service|per-playbook=per playbook|per-day=per day|change-window=change window
change-windows=change windows|code-freeze=code freeze|audit-log=audit log|audit-trail=audit trail
in-progress=in progress|up-to-date=up to date|hapend=happened|hapened=happened|happenned=happened|happned=happened
abt=about|urself=yourself|splitted=split|anywhere=somewhere|cuzz=because|whatd=what did|what'd=what did|who'd=who did
kinda=kind of|sorta=sort of|outta=out of|whatcha=what are you|aproval=approval|aprove=approve|aproved=approved
`

const contractions = new Map(
  pairs
    .trim()
    .split(/[|\n]/)
    .map((pair) => pair.split('=') as [string, string])
    .map(([written, meant]) => [written, meant.split(' ')] as const),
)

/** One word as it is meant: `what's` is two, `checkout's` is `checkout`. */
export const spelledOut = (found: string): readonly string[] => {
  const known = contractions.get(found)
  if (known !== undefined) return known
  const range = /^(\d{1,2})-(\d{1,2})$/.exec(found)
  if (range !== null) return [range[1] ?? '', 'to', range[2] ?? '']
  const date = /^(\d{1,2})\.(\d{1,2})\.(20\d\d)$/.exec(found)
  if (date !== null)
    return [`${date[3] ?? ''}-${(date[2] ?? '').padStart(2, '0')}-${(date[1] ?? '').padStart(2, '0')}`]
  if (found.endsWith("n't")) return [found.slice(0, -3), 'not']
  if (found.endsWith("'s")) {
    const stem = found.slice(0, -2)
    return verbBefore.has(stem) ? [stem, 'is'] : [stem]
  }
  for (const [tail, meant] of tails) if (found.endsWith(tail)) return [found.slice(0, -tail.length), meant]
  if (found.endsWith("s'")) return [found.slice(0, -1)]
  return [found]
}

const verbBefore = new Set('what who how why where when that it there here he she'.split(' '))
const tails = [
  ["'re", 'are'],
  ["'ve", 'have'],
  ["'ll", 'will'],
  ["'d", 'would'],
  ["'m", 'am'],
] as const
