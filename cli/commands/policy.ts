import type { Command } from 'commander'
import { type z } from 'zod'
import { type CaseResult, runPolicyCase } from '../../src/domain/policy/policy-case.ts'
import { PolicyExplained } from '../../src/http/schemas/policy.ts'
import { idLike } from '../arguments.ts'
import { type ExitCode, exitCodes } from '../failure.ts'
import type { Open } from '../program.ts'
import type { Session } from '../session.ts'
import { oneLine } from '../text.ts'

interface Places {
  readonly catalogue?: string
  readonly playbooks?: string
}

export const addPolicy = (program: Command, open: Open, end: (code: ExitCode) => void): void => {
  const policy = program.command('policy').description('judge a policy file, and try what it says')

  policy
    .command('check')
    .description('every problem of a policy file, with its line; no server is asked')
    .argument('<file>', 'such as policy.yaml')
    .option('--catalogue <file>', 'also say which services it names that are not there')
    .option('--playbooks <folder>', 'also say which playbooks it names that are not there')
    .action(async (file: string, places: Places, command: Command) => {
      const session = open(command)
      // What reads files is loaded only here.
      const { judgePolicy } = await import('../policy-files.ts')
      const judged = await judgePolicy({ policy: file, ...places }, session.now)
      if (!judged.ok) return failWith(session, end, judged.problems)
      session.show({ ok: true, problems: [], warnings: judged.warnings }, () => [
        ...judged.warnings.map((warning) => `${session.paint('yellow', 'warning')} ${oneLine(warning)}`),
        `${oneLine(file)} is valid${judged.warnings.length === 0 ? '' : ', but mind the above'}.`,
      ])
    })

  policy
    .command('test')
    .description('holds a policy file to the cases beside it; no server is asked')
    .argument('<file>', 'such as policy.yaml')
    .option('--cases <file>', 'instead of policy.cases.yaml beside policy.yaml')
    .action(async (file: string, { cases: path }: { cases?: string }, command: Command) => {
      const session = open(command)
      const { judgePolicy, readCases } = await import('../policy-files.ts')
      const [judged, read] = await Promise.all([
        judgePolicy({ policy: file }, session.now),
        readCases(path ?? file.replace(/(\.ya?ml)?$/, '.cases.yaml')),
      ])
      if (!judged.ok || !read.ok)
        return failWith(session, end, [
          ...(judged.ok ? [] : judged.problems),
          ...(read.ok ? [] : read.problems),
        ])
      const results = read.cases.map((each) => runPolicyCase(judged.document, each))
      const failed = results.filter(({ differences }) => differences.length > 0)
      session.show({ ok: failed.length === 0, cases: results }, () => [
        ...results.flatMap((each) => linesOf(each, session)),
        failed.length === 0
          ? `All ${results.length} cases hold.`
          : `${failed.length} of ${results.length} cases ${failed.length === 1 ? 'does' : 'do'} not hold.`,
      ])
      if (failed.length > 0) end(exitCodes.failed)
    })

  policy
    .command('explain')
    .description('what each rule said of a run or a proposal when, and what it says now')
    .argument('<id>', 'such as run-7 or prop-3', idLike('run-7', 'prop-3'))
    .action(async (id: string, _options: object, command: Command) => {
      const session = open(command)
      const kind = id.startsWith('run-') ? 'runs' : 'proposals'
      const explained = await session.client.get(`/v1/${kind}/${id}/policy`, PolicyExplained)
      session.show(explained, () => explainedLines(explained, session))
    })
}

const outcomes = { allow: 'allows', require_approval: 'wants approval', deny: 'refuses' } as const

const explainedLines = (
  { said, now, playbook, service }: z.output<typeof PolicyExplained>,
  { paint }: Session,
): string[] => [
  paint('bold', `${oneLine(playbook)} on ${oneLine(service)}`),
  ...said.flatMap(({ moment, at, text, reasons, kept }) => [
    `${at} ${moment}: ${oneLine(text)}`,
    ...(kept === null
      ? []
      : [
          `    policy ${outcomes[kept.outcome]}, quorum ${kept.quorum}, version ${oneLine(kept.policyVersion)}`,
        ]),
    ...(reasons === null
      ? ['    what the rules said was not kept']
      : reasons.map(({ code, detail }) => `    ${code}: ${oneLine(detail)}`)),
  ]),
  paint('bold', `Now policy ${outcomes[now.verdict.outcome]}, quorum ${now.verdict.quorum}:`),
  ...now.rules.map(
    ({ rule, outcome, reason }) =>
      `    ${oneLine(rule)} ${outcomes[outcome]}${reason === null ? '' : `: ${oneLine(reason.detail)}`}`,
  ),
]

const failWith = (session: Session, end: (code: ExitCode) => void, problems: readonly string[]): void => {
  session.show({ ok: false, problems, warnings: [] }, () => [
    ...problems.map(oneLine),
    problems.length === 1 ? 'One problem.' : `${problems.length} problems.`,
  ])
  end(exitCodes.failed)
}

const linesOf = ({ name, differences, verdict }: CaseResult, { paint }: Session): string[] => {
  if (differences.length === 0) return [`${paint('green', 'ok  ')} ${oneLine(name)}`]
  return [
    `${paint('red', 'FAIL')} ${oneLine(name)}`,
    ...differences.map(
      ({ field, expected, found }) =>
        `       ${field}: expected ${oneLine(expected)}; it is ${oneLine(found)}`,
    ),
    ...verdict.reasons.map(({ code, detail }) => `       ${code}: ${oneLine(detail)}`),
  ]
}
