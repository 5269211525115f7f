import {
  type Block,
  type Card,
  type CardKind,
  type CardStep,
  isPlan,
  type StepMark,
  type Text,
  type Tone,
} from '../../src/domain/card.ts'
import { textRowsOf } from '../../src/domain/chart/text-rows.ts'
import { cleanLine, cut, escapeLine } from './escape.ts'
import type { Line } from './fit.ts'
import { mostStatus, mostText, mostTitle } from './limits.ts'
import { type Shortened, spansText } from './spans.ts'

/** The lines of a card, block by block; each group becomes one text of the message, with a gap around it. */

export type Group = readonly Line[]

const severityMarks = { critical: '🔴', high: '🟠', medium: '🟡', low: '🔵', info: '⚪' } as const

/** Before a risk: colour alone tells nothing to some, and a text has none here. */
const toneMarks = { neutral: '', info: '', good: '', warning: '⚠️ ', bad: '🛑 ' } as const satisfies Record<
  Tone,
  string
>

const stepMarks = {
  waiting: '▫️',
  running: '⏳',
  succeeded: '✅',
  failed: '❌',
  skipped: '➖',
  unknown: '❓',
  undone: '↩️',
} as const satisfies Record<StepMark, string>

/** More steps than this are a wall; those that failed, are unknown or are under way are always among them. */
const mostSteps = 20

export const headOf = ({ kind, title, status, severity, tone }: Card): Group => {
  const words = [
    ...(status.trim() === '' ? [] : [`**${escapeLine(cut(status, mostStatus)) || '…'}**`]),
    ...(severity === null ? [] : [tone === 'good' ? severity : `${severityMarks[severity]} ${severity}`]),
  ]
  const sign = kind === 'incident' ? '##' : '###'
  return [
    {
      keep: true,
      write: withPrefix(`${sign} `, [{ kind: 'plain', text: cut(cleanLine(title), mostTitle) || 'Suture' }]),
    },
    ...(words.length === 0 ? [] : [fixed(words.join(' · '), true)]),
  ]
}

export const groupsOf = (card: Card): readonly Group[] => {
  const state = stateLine(card)
  const groups: Line[][] = []
  let dense = false
  for (const block of card.blocks) {
    const lines = linesOf(block, card.kind, block === state)
    // An answer is a list of lines, not of paragraphs.
    const denser = card.kind === 'answer' && block.kind === 'text'
    if (dense && denser) groups.at(-1)?.push(...lines)
    else if (lines.length > 0) groups.push(lines)
    dense = denser
  }
  return groups
}

/** The last text, in the tone of the card: the status and the colour beside it say as much as a mark would. */
const stateLine = ({ blocks, tone }: Card): Block | undefined => {
  const last = blocks.findLast((block) => block.kind === 'text' && block.tone !== undefined)
  return last?.kind === 'text' && last.tone === tone ? last : undefined
}

const linesOf = (block: Block, kind: CardKind, isState: boolean): Line[] => {
  switch (block.kind) {
    case 'text': {
      const tone = block.tone ?? 'neutral'
      return [
        {
          keep: tone === 'warning' || tone === 'bad',
          write: withPrefix(isState ? '' : toneMarks[tone], block.text),
        },
      ]
    }
    case 'fields':
      return block.fields.map(({ label, value }) => ({
        keep: false,
        write: withPrefix(`**${escapeLine(cut(label, mostStatus)) || '…'}:** `, value),
      }))
    case 'steps':
      return stepsOf(block, isPlan(kind, block.steps))
    case 'chart':
      return chartLines(block)
    case 'context':
      return [{ keep: false, write: smallPrint(block.text) }]
    case 'actions':
      return []
  }
}

/** Where no picture stands in the card: a bar and a figure a row. */
const chartLines = ({ chart }: Extract<Block, { kind: 'chart' }>): Line[] => {
  const { rows, rest } = textRowsOf(chart)
  return [
    ...rows.map(({ bar: filled, figure, label, note }) =>
      fixed(
        `${filled} **${escapeLine(cut(figure, mostStatus)) || '…'}** ${escapeLine(cut(label, mostTitle))}${note === '' ? '' : ` · ${escapeLine(cut(note, mostTitle))}`}`,
        false,
      ),
    ),
    ...(rest === '' ? [] : [fixed(`-# … ${rest}`, false)]),
  ]
}

/** There or not, but never in part. */
export const fixed = (text: string, keep: boolean): Line => ({
  keep,
  write: (limit) => (text.length <= limit ? { text, cut: false } : { text: '', cut: true }),
})

const withPrefix =
  (prefix: string, text: Text) =>
  (limit: number): Shortened => {
    const shortened = spansText(text, limit - prefix.length)
    return shortened.text === '' ? shortened : { ...shortened, text: `${prefix}${shortened.text}` }
  }

/** Each line of small print has its own sign, and each sign its cost. */
const smallPrint =
  (text: Text) =>
  (limit: number): Shortened => {
    const lines = text.map((span) =>
      'text' in span ? { ...span, text: span.text.slice(0, 2 * mostText).replace(/\s+/g, ' ') } : span,
    )
    return withPrefix('-# ', lines)(limit)
  }

/** @param planned nothing runs yet: what would be done, numbered, without marks and without a bar */
const stepsOf = (
  { title, steps, done, total }: Extract<Block, { kind: 'steps' }>,
  planned: boolean,
): Line[] => {
  const shown = stepsThatMatter(steps)
  const left = steps.length - shown.length
  const heading = `**${escapeLine(cut(title, mostStatus)) || 'Steps'}**`
  return [
    fixed(planned ? heading : `${heading} · ${done} of ${total}${bar(done, total)}`, false),
    ...shown.map((step, index) => ({
      keep: false,
      write: stepLine(step, planned ? `${index + 1}. ` : `${stepMarks[step.mark]} `),
    })),
    ...(left > 0 ? [fixed(`-# … and ${left} more steps`, false)] : []),
  ]
}

const stepsThatMatter = (steps: readonly CardStep[]): readonly CardStep[] => {
  if (steps.length <= mostSteps) return steps
  const telling = steps.filter(({ mark }) => mark === 'failed' || mark === 'unknown' || mark === 'running')
  const chosen = new Set([...telling, ...steps].slice(0, mostSteps))
  return steps.filter((step) => chosen.has(step))
}

const stepLine =
  ({ title, mark, detail }: CardStep, prefix: string) =>
  (limit: number): Shortened => {
    if (title.length + detail.length > mostText)
      return withPrefix(prefix, [{ kind: 'plain', text: escapable(`${cut(title, mostTitle)} · ${detail}`) }])(
        limit,
      )
    const line = escapeLine(title) || '…'
    const name = mark === 'running' ? `**${line}**` : line
    const text = `${prefix}${name}${detail === '' ? '' : ` · ${escapeLine(detail)}`}`
    if (text.length <= limit) return { text, cut: false }
    return withPrefix(prefix, [{ kind: 'plain', text: escapable(`${title} · ${detail}`) }])(limit)
  }

const escapable = (text: string): string => text.replace(/\s+/g, ' ').trim()

const cells = 10

/** Nothing once all is over: a full bar looks like success, whatever came of it. */
const bar = (done: number, total: number): string => {
  if (done >= total) return ''
  const filled = Math.round((done / total) * cells)
  return `\n${'▰'.repeat(filled)}${'▱'.repeat(cells - filled)}`
}
