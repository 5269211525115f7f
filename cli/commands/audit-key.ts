import { join } from 'node:path'
import type { Command } from 'commander'
import { CliFailure, exitCodes } from '../failure.ts'
import type { Open } from '../program.ts'

interface KeyOptions {
  readonly keyFile?: string
}

/** Works on files alone: a key never travels. */
export const addAuditKey = (audit: Command, open: Open): void => {
  audit
    .command('rotate-key')
    .description(
      'make a new key for the log beside the one in use; the worker goes over to it within seconds, and writes that down',
    )
    .option(
      '--key-file <file>',
      'the key in use; without it SUTURE_AUDIT_KEY, or audit-key.pem in SUTURE_DATA_DIR or .suture',
    )
    .addHelpText(
      'after',
      '\nRun it where the worker runs. Of several workers each needs the same new file beside its key.',
    )
    .action(async ({ keyFile }: KeyOptions, command: Command) => {
      const session = open(command, { offline: true })
      const { env } = process
      const path =
        keyFile ?? (env['SUTURE_AUDIT_KEY'] || join(env['SUTURE_DATA_DIR'] || '.suture', 'audit-key.pem'))
      // What makes keys is loaded only here.
      const { makeKey, nextKeyPath } = await import('../../adapters/files/signing-keys.ts')
      const next = nextKeyPath(path)
      try {
        await makeKey(next)
      } catch (error) {
        const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST'
        throw new CliFailure(
          exitCodes.failed,
          'No new key was made',
          isThere
            ? `${next} is there already: the worker has not gone over to it yet.`
            : `${next} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
          isThere
            ? 'See `suture doctor` for why, or wait.'
            : 'Run it as the user that Suture runs as, or name the key by --key-file.',
          { cause: error },
        )
      }
      session.show({ next }, () => [
        `${next} is the log's next key. The worker signs with it within seconds; \`suture audit keys\` then lists it.`,
      ])
    })
}
