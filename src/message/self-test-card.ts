import { type Card, type CardStep, code, type StepMark } from '../domain/card.ts'
import {
  countsOf,
  type SelfCheckResult,
  type SelfCheckState,
  type SelfTest,
  verdictOf,
} from '../domain/self-test.ts'
import { chatCard } from './chat-cards.ts'
import { counted, durationInWords, text } from './words.ts'

const marks = {
  pass: 'succeeded',
  fail: 'failed',
  not_here: 'skipped',
} as const satisfies Record<SelfCheckState, StepMark>

/** How far it is first, then each check with what to do about it, then the verdict. */
export const selfTestCard = (test: SelfTest): Card => {
  const verdict = verdictOf(test)
  switch (verdict) {
    case 'never':
      return chatCard({
        title: 'No self-test yet',
        lines: [text('Nobody has asked for one. ', code('/heal test'), ' makes one.')],
      })
    case 'running':
      return runningCard(test)
    case 'pass':
    case 'fail':
      return reportCard(test, verdict === 'pass')
  }
}

const runningCard = (test: SelfTest): Card =>
  test.waiting === undefined
    ? chatCard({
        title: 'The tests are running',
        status: `${test.done} of ${test.total}`,
        tone: 'info',
        lines: [
          text(
            `One is under way already${test.by === null ? '' : `, asked for by ${test.by.name}`}: ${test.done} of ${test.total} are done.`,
          ),
          text('It ends within ten seconds; ask again then.'),
        ],
      })
    : goingCard(test, test.waiting)

/** What the report takes the place of, as checks end. */
const goingCard = (test: SelfTest, waiting: readonly string[]): Card => {
  const { failed } = countsOf(test)
  return {
    kind: 'answer',
    title: 'Self-test',
    status: `${test.done} of ${test.total} done`,
    tone: failed === 0 ? 'info' : 'bad',
    severity: null,
    blocks: [
      {
        kind: 'steps',
        title: 'Checks',
        steps: [
          ...test.checks.map(stepOf),
          ...waiting.map((name): CardStep => ({ title: name, mark: 'running', detail: '' })),
        ],
        done: test.done,
        total: test.total,
      },
      {
        kind: 'context',
        text: text(
          `${test.by === null ? '' : `Asked for by ${test.by.name}; `}it ends within ten seconds. If it still says so then, ask again.`,
        ),
      },
    ],
  }
}

const stepOf = ({ name, status, detail, remedy, durationMs }: SelfCheckResult): CardStep => ({
  title: name,
  mark: marks[status],
  detail: [status === 'not_here' ? `not here: ${detail}` : detail, remedy, durationInWords(durationMs)]
    .filter((part) => part !== '')
    .join(' · '),
})

const reportCard = (test: SelfTest, passed: boolean): Card => {
  const counts = countsOf(test)
  const looked = counts.passed + counts.failed
  const tookMs =
    test.startedAt === null || test.endedAt === null
      ? 0
      : test.endedAt.epochMilliseconds - test.startedAt.epochMilliseconds
  const verdict = passed
    ? `All ${counted(looked, 'check')} passed: Suture works.`
    : counts.failed === 0
      ? 'Nothing could be looked at, so nothing is shown.'
      : `${counted(counts.failed, 'check')} of ${looked} failed: see what to do beside each.`
  const aside = counts.notHere === 0 ? '' : ` ${counts.notHere} had nothing to look at here.`
  return {
    kind: 'answer',
    title: 'Self-test',
    status: `${counts.passed} of ${looked} passed`,
    tone: passed ? 'good' : 'bad',
    severity: null,
    blocks: [
      {
        kind: 'steps',
        title: 'Checks',
        steps: test.checks.map(stepOf),
        done: counts.passed,
        total: looked,
      },
      { kind: 'text', text: text(verdict + aside), tone: passed ? 'good' : 'bad' },
      {
        kind: 'context',
        text: text(
          `${test.by === null ? '' : `Asked for by ${test.by.name}; `}it took ${durationInWords(tookMs)}`,
        ),
      },
    ],
  }
}
