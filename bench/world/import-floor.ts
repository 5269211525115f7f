import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('../baselines/import-floor.ts', import.meta.url))

/** Starts the process that imports the libraries alone; resolves once it has. */
export const startImportFloor = async (
  env: NodeJS.ProcessEnv = {},
  args: readonly string[] = [],
): Promise<ChildProcess> => {
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  if (child.stdout === null) throw new Error('the import floor has no stdout')
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error(`the libraries could not be imported (exit code ${child.exitCode})`)
    }),
  ])
  return child
}
