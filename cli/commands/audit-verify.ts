import type { Command } from 'commander'
import { tellVerdict } from '../../src/domain/log/tell-verdict.ts'
import type { Verdict } from '../../src/domain/log/verdict.ts'
import { CliFailure, type ExitCode, exitCodes } from '../failure.ts'
import type { Open } from '../program.ts'
import type { GlobalOptions } from '../session.ts'
import { oneLine } from '../text.ts'

const colors = { good: 'green', unsure: 'yellow', bad: 'red' } as const

export const addAuditVerify = (audit: Command, open: Open, end: (code: ExitCode) => void): void => {
  audit
    .command('verify')
    .description('verifies an export or a proof by the file alone; no server is asked')
    .argument('<file>', 'such as suture-audit.txt or suture-proof-run-42.json')
    .option('--checkpoint <file>', 'a checkpoint kept from before, that the export must extend')
    // --key is an option of every command, and means a key of the API elsewhere.
    .addHelpText('after', '\nHere --key is the public key that you trust, or a file with one on each line.')
    .action(async (file: string, given: { readonly checkpoint?: string }, command: Command) => {
      const session = open(command, { offline: true })
      const { key } = command.optsWithGlobals<GlobalOptions>()
      // What reads files and hashes them is loaded only here.
      const [{ verifyFile }, inputs] = await Promise.all([
        import('../verify-file.ts'),
        import('../verify-inputs.ts'),
      ])
      const pinned = key === undefined ? [] : inputs.readPinned(key)
      const saved = given.checkpoint === undefined ? null : inputs.readSavedNote(given.checkpoint)
      let verdict: Verdict
      try {
        verdict = verifyFile(file, { pinned, saved })
      } catch (error) {
        if (error instanceof Error && 'code' in error)
          throw inputs.unreadable(file, error, 'Name an export or a proof.')
        throw error
      }
      if (verdict.kind === 'proof' && saved !== null)
        throw new CliFailure(
          exitCodes.usage,
          'Not for a proof',
          `${file} is a proof, and holds too little to be compared with a checkpoint.`,
          'Leave --checkpoint out, or verify the whole export.',
        )
      const { tone, headline, sentences, facts } = tellVerdict(verdict)
      session.show(verdict, () => [
        session.paint(colors[tone], headline),
        ...sentences.map((sentence) => `  ${oneLine(sentence)}`),
        ...facts.map(([name, value]) => `  ${session.paint('dim', `${name}:`)} ${oneLine(value)}`),
      ])
      if (!verdict.ok) end(exitCodes.failed)
    })
}
