import { Argument, Command } from 'commander'
import { oneOf } from './arguments.ts'
import { addApprovals } from './commands/approvals.ts'
import { addAudit } from './commands/audit.ts'
import { addAway } from './commands/away.ts'
import { addBreakGlass } from './commands/break-glass.ts'
import { addChanges } from './commands/changes.ts'
import { addDoctor } from './commands/doctor.ts'
import { addFreeze } from './commands/freeze.ts'
import { addIncidents } from './commands/incidents.ts'
import { addKey } from './commands/key.ts'
import { addLink } from './commands/link.ts'
import { addLogin } from './commands/login.ts'
import { addMode } from './commands/mode.ts'
import { addPeople } from './commands/people.ts'
import { addPolicy } from './commands/policy.ts'
import { addRuns } from './commands/runs.ts'
import { addSilences } from './commands/silence.ts'
import { addStatus } from './commands/status.ts'
import { completionScript, type Shell, shells } from './completion.ts'
import type { ExitCode } from './failure.ts'
import { defaultUrl, type OpenOptions, openSession, type Session, type Surroundings } from './session.ts'
import { cliVersion } from './version.ts'

/** Commands open a session first thing: server, key and terminal as the options have them. */
export type Open = (command: Command, options?: OpenOptions) => Session

const examples = `
Examples:
  $ suture login                                  keep the server and a key
  $ suture status                                 what is going on
  $ suture incidents ask inc-42 "what happened?"
  $ suture request prop-3                         then somebody else:
  $ suture approve req-5
  $ suture runs log run-7 --follow

Exit codes: 0 done, 1 refused or failed, 2 not understood, 3 server not reached.`

/** `end` sets the exit code of a command that has shown its result all the same. */
export const createProgram = (around: Surroundings, end: (code: ExitCode) => void): Command => {
  const open: Open = (command, options) => openSession(command, around, options)
  const program = new Command('suture')
    .description('Suture from the command line, over its HTTP API.')
    .version(cliVersion(), '-V, --version', 'show the version')
    .option('--url <url>', `the server; also SUTURE_URL (default: ${defaultUrl})`)
    .option('--key <key>', 'an API key; better SUTURE_API_KEY or `suture login`, which others cannot see')
    .option('--json', 'print one JSON document, with absolute times')
    .option('--no-color', 'no colours; also NO_COLOR')
    .option('--timeout <seconds>', 'for one answer of the server', '10')
    .addHelpText('after', examples)
    .showHelpAfterError('(suture --help shows commands and examples)')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void around.stdout.write(text),
      writeErr: (text) => void around.stderr.write(text),
    })
  addStatus(program, open)
  addIncidents(program, open)
  addApprovals(program, open)
  addRuns(program, open)
  addChanges(program, open)
  addSilences(program, open)
  addAway(program, open)
  addFreeze(program, open)
  addMode(program, open)
  addBreakGlass(program, open)
  addKey(program, open)
  addPolicy(program, open, end)
  addAudit(program, open, end)
  addPeople(program, open)
  addLink(program, open)
  addLogin(program, open)
  addDoctor(program, open, end)
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', shells.join(', ')).argParser(oneOf(shells)))
    .action((shell: Shell) => void around.stdout.write(completionScript(shell, program)))
  return program
}
