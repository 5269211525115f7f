import { type Running, roles } from './start.ts'

export const help = `Suture heals incidents in the thread.

  npm start                      everything in one process, with the lab when nothing else is configured
  npm start -- --role api,bot    only some roles: api, bot, worker, or all (docs/operation.md; needs DATABASE_URL)
  npm start -- --check           says what is wrong with settings, files, tokens, scopes and channels; starts nothing
  npm start -- --help            this text

Settings are environment variables; docs/settings.md lists them, .env is read when it is there.
`

/** Where to look and what to press: the first thing a newcomer reads. `logFile`: where the log goes, if not to the terminal. */
export const banner = (running: Running, logFile: string | null): string => {
  const { url, movedFrom, lab, adminKey } = running
  const lines = ['', `  Suture is running${url === '' ? '' : ` at ${url}`}`]
  if (movedFrom !== null)
    lines.push(`  Port ${movedFrom} is taken by another program, so it listens on ${running.port}.`)
  if (running.roles.size < roles.length) lines.push(`  Roles: ${[...running.roles].join(', ')}`)
  lines.push(`  Data: ${running.database}`)
  if (logFile !== null) lines.push(`  Log: ${logFile}`)
  if (lab !== null)
    lines.push(
      '',
      '  This is the lab: three small services that break on demand, and nothing is protected.',
      '',
      `  1. Open ${url} and pick who you are.`,
      '  2. Break something: the button in the console, or  npm run lab -- break checkout hang',
      '  3. Request the remedy in the thread; then become somebody else and approve it.',
      '  4. Watch it heal, and ask: what happened?',
    )
  if (adminKey !== null)
    lines.push(
      '',
      '  First start: this admin key is shown once and never again. Keep it safe.',
      '',
      `    ${adminKey}`,
      '',
      `  Sign in with it at ${url}, or use it as a bearer token for /v1.`,
    )
  lines.push('', '  Ctrl-C stops it.', '')
  return `${lines.join('\n')}\n`
}
