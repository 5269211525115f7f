import { impacts } from '../src/domain/action.ts'
import { defaultPolicy } from '../src/domain/policy/document.ts'
import { type RiskPart, type riskTable } from '../src/domain/policy/trust.ts'

/** The risk table as it is reckoned with: a row for each thing that adds to the risk. */
export function renderRisk(table: typeof riskTable): string {
  const share = (points: number): string => (points / 100).toFixed(2)
  const figures: Record<RiskPart, string> = {
    impact: impacts.map((impact) => `${impact} ${share(table.impact.points[impact])}`).join(', '),
    undo: share(table.undo.points),
    confidence: `(1 - confidence) x ${share(table.confidence.most)}`,
    dependents: `${share(table.dependents.each)} each, at most ${share(table.dependents.most)}; unknown ${share(table.dependents.most)}`,
    history: `(1 - lower end) x ${share(table.history.most)}; never tried ${share(table.history.most)}`,
    lastFailed: share(table.lastFailed.points),
    rubberStamps: `${share(table.rubberStamps.each)} each, at most ${share(table.rubberStamps.most)}`,
  }
  const parts = Object.entries(figures) as [RiskPart, string][]
  const { review, deny } = defaultPolicy.trust
  return [
    '| What | Adds |',
    '|---|---|',
    ...parts.map(([part, adds]) => `| ${table[part].title} | ${adds} |`),
    '',
    `Above ${review.toFixed(2)} somebody looks; above ${deny.toFixed(2)} only a person may ask, and two approve.`,
  ].join('\n')
}
