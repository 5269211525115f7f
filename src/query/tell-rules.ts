import { bold } from '../domain/card.ts'
import { countsOf, type SelfTest, verdictOf } from '../domain/self-test.ts'
import type { FreezeFact, RulesFound, SelfFound } from './answer.ts'
import { type Line, line, listed, quoted, toned } from './line.ts'
import type { Query } from './query.ts'

/** Which rules hold, who may, and what Suture says of itself. */
export const tellRules = (found: RulesFound, query: Query): Line[] => {
  switch (found.subject) {
    case 'next_allowed':
      return tellNextAllowed(found, query)
    case 'governance':
      return [
        ...found.lines.map((text) => line(text)),
        ...found.freezes.map(tellFreeze),
        ...(found.lines.length + found.freezes.length === 0 ? [line('None.')] : []),
      ]
    case 'who_can':
      return tellWhoCan(found)
  }
}

const tellNextAllowed = (
  { services, freezes, emergencyStop }: Extract<RulesFound, { subject: 'next_allowed' }>,
  query: Query,
): Line[] => {
  const what = query.subject === 'next_allowed' && query.playbook !== null ? query.playbook : 'Something'
  return [
    ...(emergencyStop
      ? [toned('bad', line('The emergency stop is on: nothing may run until an admin lifts it.'))]
      : []),
    ...freezes.map(tellFreeze),
    ...services.map(({ service, open, changesAt, frozenUntil, windows }) => {
      const hours = windows.length === 0 ? '' : ` Windows: ${listed(windows)}.`
      if (frozenUntil !== null)
        return toned('warning', line(bold(service), ': frozen until ', frozenUntil, `.${hours}`))
      if (open)
        return changesAt === null
          ? line(bold(service), `: ${what} may run now.${hours}`)
          : line(bold(service), `: ${what} may run now; the window closes `, changesAt, `.${hours}`)
      return changesAt === null
        ? toned('warning', line(bold(service), `: no window opens.${hours}`))
        : line(bold(service), `: the next window opens `, changesAt, `.${hours}`)
    }),
    line(
      'This is about windows and freezes; whether it needs approval or is refused for another reason is judged when it is asked for.',
    ),
  ]
}

const tellFreeze = ({ id, what, from, until, reason }: FreezeFact): Line =>
  line(
    bold(what),
    ' is frozen from ',
    from,
    ' until ',
    until,
    ` (${id})${reason.trim() === '' ? '' : `: ${quoted(reason)}`}.`,
  )

const tellWhoCan = ({
  people,
  others,
  roles,
  request,
}: Extract<RulesFound, { subject: 'who_can' }>): Line[] => {
  const lines = [
    line(
      roles.length === 0
        ? 'No role may approve: the list of approver roles is empty.'
        : `Whoever has the role ${listed(roles, 'or')}, and did not ask for it.`,
    ),
  ]
  if (people.length > 0)
    lines.push(
      line(
        'Now: ',
        ...people.flatMap((person, at) => (at === 0 ? [person] : [', ', person])),
        others ? ' and others.' : '.',
      ),
    )
  else lines.push(toned('warning', line('Nobody who is enabled now has such a role.')))
  if (request !== null)
    lines.push(
      line(
        `${request.id} (`,
        bold(request.title),
        `) needs ${request.quorum}; it was requested by `,
        request.requester,
        '.',
      ),
    )
  return lines
}

export const tellSelf = (found: SelfFound): Line[] => {
  switch (found.subject) {
    case 'focus':
      return found.recommendations.length === 0
        ? [toned('good', line('Nothing: no incident is open and nobody is waited for.'))]
        : found.recommendations.map(({ what, why }) => line(bold(what), `. ${why}.`))
    case 'scheduler':
      return found.lines.map((text) => line(text))
    case 'proof':
      return [
        line(found.sentence),
        line(
          `The file: \`suture audit prove ${found.about} > ${found.file}\`, checked by \`suture audit verify\`.`,
        ),
      ]
    case 'self_test':
      return tellSelfTest(found.test)
    case 'help':
      return found.examples.map((text) => line(bold(text)))
  }
}

const tellSelfTest = (test: SelfTest): Line[] => {
  const { passed, failed, notHere } = countsOf(test)
  const verdict = verdictOf(test)
  if (verdict === 'running' || verdict === 'never')
    return [line(`A self-test is under way: ${test.done} of ${test.total} checks are done.`)]
  return [
    toned(
      verdict === 'pass' ? 'good' : 'bad',
      line(
        `${passed} of ${passed + failed} checks passed${notHere === 0 ? '' : `; ${notHere} had nothing to look at here`}.`,
      ),
    ),
    ...test.checks
      .filter(({ status }) => status === 'fail')
      .map(({ name, detail, remedy }) => toned('bad', line(bold(name), `: ${quoted(detail)}. ${remedy}`))),
    line('Each check is told by /heal test.'),
  ]
}
