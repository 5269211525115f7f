import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { Command } from 'commander'
import { Me } from '../../src/http/schemas/identity.ts'
import { createClient } from '../client.ts'
import { writeSaved } from '../config-file.ts'
import { CliFailure, exitCodes } from '../failure.ts'
import type { Open } from '../program.ts'
import { oneLine } from '../text.ts'

export const addLogin = (program: Command, open: Open): void => {
  program
    .command('login')
    .description('keep the server and a key for later commands; the key is read from standard input')
    .action(async (_options: object, command: Command) => {
      const session = open(command)
      const { url } = session.client
      const { key: given, timeout } = command.optsWithGlobals<{ key?: string; timeout: string }>()
      const key = (given ?? (await readKey())).trim()
      if (!/^[\x21-\x7e]{1,200}$/.test(key))
        throw new CliFailure(
          exitCodes.usage,
          'Not a key',
          'What was given is empty or holds characters no key has.',
          'Paste one key, such as sut_..., and nothing else.',
        )
      const me = await createClient({ url, key, timeoutMs: Number(timeout) * 1_000 }).get('/v1/me', Me)
      if (!me.signedIn || me.person === null)
        throw new CliFailure(
          exitCodes.failed,
          'Not signed in',
          `${url} does not know this key.`,
          'Make one with `suture key create`, or ask an admin.',
        )
      writeSaved(session.configPath, { url, key })
      const { person, scopes } = me
      session.show({ url, person, scopes, savedTo: session.configPath }, () => [
        `Signed in to ${url} as ${oneLine(person.name)} (${person.roles.join(', ') || 'no role'}; the key may ${scopes.join(', ')}). Kept in ${session.configPath}.`,
      ])
    })
}

const silent = new Writable({ write: (_chunk, _encoding, done) => done() })

/** Typed keys are not shown; piped ones are read to the end of the line. */
const readKey = async (): Promise<string> => {
  const { stdin, stderr } = process
  if (stdin.isTTY) stderr.write('API key (not shown): ')
  const reader = createInterface({ input: stdin, output: silent, terminal: stdin.isTTY })
  try {
    for await (const line of reader) return line
    return ''
  } finally {
    reader.close()
    if (stdin.isTTY) stderr.write('\n')
  }
}
