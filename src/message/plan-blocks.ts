import { type Block, bold, code } from '../domain/card.ts'
import { isIrreversible } from '../domain/plan.ts'
import type { Verdict } from '../domain/policy/verdict.ts'
import type { Proposal } from '../domain/proposal.ts'
import { whoElseInWords } from '../domain/quorum.ts'
import { counted, listInWords, text } from './words.ts'

/** What is to be done, of a whole plan or of one of its stages: what people approve is exactly what is shown. */

type Plan = Proposal['plan']

export const planBlock = (plan: Plan, title: string): Block => ({
  kind: 'steps',
  title,
  steps: plan.map((step) => ({ title: step.title, mark: 'waiting', detail: detailOf(step) })),
  done: 0,
  total: plan.length,
})

const detailOf = ({ gate, undo }: Plan[number]): string =>
  [
    ...(gate === undefined ? [] : [`asks again here: ${gate.title}`]),
    // What cannot be undone is told below, by its own name.
    ...(undo === null || undo === 'Nothing to undo' ? [] : [`undone by: ${undo}`]),
  ].join('; ')

/** Steps whose call is shown; the console shows all. */
const mostCalls = 6
/** Of one call, in UTF-16 units. */
const mostOfCall = 160

/** What the targets get, word for word: the first of each step, as the others differ by the target alone. */
export const callBlocks = (plan: Plan): Block[] => {
  const calls = plan.flatMap(({ calls: [first, ...others] = [] }, at) =>
    first === undefined || first.target === null ? [] : [{ first, others: others.length, number: at + 1 }],
  )
  if (calls.length === 0) return []
  const lines = calls
    .slice(0, mostCalls)
    .map(({ first, others, number }) =>
      text(
        calls.length === 1 ? '\n→ ' : `\n${number}. `,
        code(shortened(first.call)),
        others === 0 ? '' : ` and ${counted(others, 'more target')}`,
      ),
    )
  const left = calls.length - lines.length
  return [
    {
      kind: 'text',
      text: text(
        bold(calls.length === 1 ? 'The call' : 'The calls'),
        ...lines,
        left > 0 ? `\n… and ${counted(left, 'more step')}` : '',
      ),
    },
  ]
}

const shortened = (call: string): string =>
  call.length <= mostOfCall ? call : `${call.slice(0, mostOfCall - 1).toWellFormed()}…`

export const undoBlocks = (plan: Plan): Block[] => {
  const final = plan.filter((step) => step.undo === null)
  if (final.length === 0) return []
  return [
    {
      kind: 'text',
      text: [bold('Cannot be undone: '), ...text(listInWords(final.map((step) => step.title)), '.')],
      tone: 'warning',
    },
  ]
}

export const riskInWords = ({ impact, plan }: Pick<Proposal, 'impact' | 'plan'>): string =>
  `${impact} impact, ${isIrreversible(plan) ? 'cannot be undone in full' : 'can be undone'}`

export const approversInWords = (verdict: Verdict): string => {
  const { outcome, quorum, approverRoles } = verdict
  if (outcome === 'allow') return 'no approval needed'
  if (approverRoles.length === 0) return 'nobody: no role is named'
  const roles = listInWords(approverRoles, 'or')
  const among = whoElseInWords({ roles: verdict.requiredRoles, groups: verdict.requiredGroups })
  const must = among === '' ? '' : `; among them ${among}`
  return quorum === 1
    ? `anyone with the role ${roles}, except who requested it${must}`
    : `${quorum} different people with the role ${roles}, except who requested it${must}`
}
