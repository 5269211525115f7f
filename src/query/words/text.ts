/** A question as plain words: one spelling for each, contractions taken apart, mentions of Suture left out. */

/** Longer texts are no questions to Suture; the limit also bounds the work. */
export const maxCharacters = 400

/**
 * The words, or null when there is something in it that belongs to no question: markup, code, characters nobody types in one.
 * `bot` is how Suture is spoken to, such as `@suture`.
 */
export const wordsOf = (text: string, bot: readonly string[] = []): string[] | null => {
  const plain = withoutMentions(folded(text), bot.map(folded))
  if (strange.test(plain.replace(pictures, ' '))) return null
  return (plain.match(word) ?? []).map(withoutTail).flatMap(spelledOut)
}

/** One form for each letter: case, width, accents and typographic quotes gone. */
export const folded = (text: string): string => (plainly.test(text) ? text.toLowerCase() : unfolded(text))

const plainly = /^[\x20-\x5f\x61-\x7e]*$/

const unfolded = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[’‘`´]/g, "'")
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .normalize('NFC')

const word = /[@#]?[\p{L}\p{N}][\p{L}\p{N}\p{M}._':-]*/gu
/** Whatever is neither a letter, a digit, a space nor the punctuation of a sentence. */
const strange = /[^\p{L}\p{N}\p{M}\s.,?!:'"_/()#@&%+*~…–—“”„-]/u
const pictures = /\p{Extended_Pictographic}|[\u{1F3FB}-\u{1F3FF}]|\u{FE0F}|\u{200D}/gu

const withoutMentions = (text: string, bot: readonly string[]): string =>
  bot
    .filter((name) => /[^\p{L}\p{N}]/u.test(name))
    .reduce((before, name) => before.replaceAll(name, ' '), text)

const withoutTail = (found: string): string => {
  let end = found.length
  while (end > 1 && "._':-".includes(found[end - 1] ?? '')) end -= 1
  return found.slice(0, end)
}

const contractions: Readonly<Record<string, string>> = Object.fromEntries(
  `whats=what is|what're=what are|whos=who is|hows=how is|whys=why is|wheres=where is|whens=when is|thats=that is
  |theres=there is|its=it is|lets=let us|isnt=is not|wasnt=was not|arent=are not|werent=were not|doesnt=does not|dont=do not
  |didnt=did not|hasnt=has not|havent=have not|hadnt=had not|cant=can not|cannot=can not|couldnt=could not|wont=will not
  |won't=will not|can't=can not|shouldnt=should not|wouldnt=would not|im=i am|ive=i have|id=i would|youre=you are|weve=we have
  |gimme=give me|lemme=let me|wanna=want to|gonna=going to|u=you|ur=your|r=are|y=why|pls=please|plz=please|plss=please|rn=now
  |atm=now|thx=thanks|ty=thanks|w/=with|wat=what|wut=what|wot=what|waht=what|whta=what|hwo=how|howm=how|woh=who|teh=the|hte=the
  |si=is|aer=are|fo=of|wich=which|whcih=which|whihc=which|witch=which|wen=when|wehn=when|whn=when|y'all=you|yall=you|ya=you
  |cuz=because|info=information|prev=previous|yest=yesterday|yday=yesterday|inc=incident|incs=incidents|svc=service|svcs=services
  |happend=happened|tmrw=tomorrow|b4=before|hrs=hours|hr=hour|mins=minutes|min=minutes|secs=seconds|wk=week|wks=weeks|mth=month
  |mths=months|yr=year|avg=average|mgr=manager|ppl=people|comp=compared|selftest=self test|self-test=self test|selfcheck=self check
  |breakglass=break glass|break-glass=break glass|postmortem=post mortem|post-mortem=post mortem|rolledback=rolled back
  |timedout=timed out|timeout=timed out|timeouts=timed out|timed-out=timed out|rolled-back=rolled back|back-off=backoff
  |back-offs=backoff|rate-limit=rate limit|rate-limited=rate limited|rate-limits=rate limits|to-do=todo|so-far=so far|sign-off=signoff
  |sign-offs=signoff|signoffs=signoff|signed-off=signed off|self-recovery=self recovery|self-heal=self heal|self-healed=self healed
  |self-healing=self healing|self-recovered=self recovered|self-resolve=self resolve|self-resolved=self resolved|roll-out=rollout
  |rollouts=rollout|roll-outs=rollout|hold-up=holdup|on-going=ongoing|re-run=rerun|tl=tl|tldr=tldr|tl;dr=tldr|mean-time-to-recover=mttr
  |mean-time-to-recovery=mttr|time-to-recover=time to recover|time-to-recovery=time to recover|run-time=runtime|per-service=per service
  |by-service=by service|per-playbook=per playbook|per-day=per day|change-window=change window|change-windows=change windows
  |code-freeze=code freeze|audit-log=audit log|audit-trail=audit trail|in-progress=in progress|up-to-date=up to date`
    .split('|')
    .map((pair) => pair.trim().split('=') as [string, string]),
)

/** One word as it is meant: `what's` is two, `checkout's` is `checkout`. */
const spelledOut = (found: string): string[] => {
  const known = Object.hasOwn(contractions, found) ? contractions[found] : undefined
  if (known !== undefined) return known.split(' ')
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
