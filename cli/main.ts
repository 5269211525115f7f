#!/usr/bin/env node
import { run } from './run.ts'

/** `suture`: a client of `/v1`. Everything it can do, the HTTP API can. */

// A reader that went away, such as `head`, is no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  now: () => Temporal.Now.instant(),
})
