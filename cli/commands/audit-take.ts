import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { ExportTicketView, ProofView } from '../../src/http/schemas/audit.ts'
import { CliFailure, exitCodes } from '../failure.ts'
import type { Open } from '../program.ts'

interface Where {
  readonly output?: string
}

const subject = (text: string): string => {
  const id = text.toLowerCase()
  if (/^(inc|run|prop|req)-\d{1,15}$/.test(id)) return id
  throw new InvalidArgumentError('Expected an incident, a run, a proposal or a request, such as run-42.')
}

export const addAuditTake = (audit: Command, open: Open): void => {
  audit
    .command('export')
    .description(
      'the whole history with its signed checkpoints, for `suture audit verify`; that you took it is written down',
    )
    .option('--output <file>', 'instead of standard output')
    .action(async ({ output }: Where, command: Command) => {
      const session = open(command)
      const ticket = await session.client.post('/v1/audit/exports', undefined, ExportTicketView)
      await write(await session.client.download(ticket.href), output)
      session.note(`${ticket.entries} entries of ${ticket.origin}.`)
    })

  audit
    .command('prove')
    .description('a file that proves what was done about an incident, run, proposal or request')
    .argument('<id>', 'such as run-42', subject)
    .option('--output <file>', 'instead of standard output')
    .action(async (about: string, { output }: Where, command: Command) => {
      const session = open(command)
      const proof = await session.client.post('/v1/audit/proofs', { about }, ProofView)
      await write(Readable.from([proof.file]), output)
      session.note(proof.sentence)
      if (!proof.complete)
        session.note(
          'More of it is about to be sealed, or is too much for one proof: see `suture audit export`.',
        )
    })
}

/** To the byte, and as it comes: an export may be larger than memory. */
const write = async (body: Readable, output: string | undefined): Promise<void> => {
  if (output === undefined) return pipeline(body, process.stdout, { end: false })
  try {
    await pipeline(body, createWriteStream(output, { flags: 'wx', mode: 0o600 }))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    throw new CliFailure(
      exitCodes.usage,
      'It is there already',
      `${output} is there already, and is not written over.`,
      'Name another file.',
      { cause: error },
    )
  }
}
