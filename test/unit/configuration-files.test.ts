import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readConfigurationFiles } from '../../adapters/files/configuration-files.ts'

const policyIn = async (path: string): Promise<string | undefined> =>
  (await readConfigurationFiles({ catalogue: undefined, playbooks: undefined, policy: path })).policy?.text

const written = async (text: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'suture-files-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'policy.yaml')
  await writeFile(path, text)
  return path
}

it.each([0, 1, 4_096, 1_099_999, 1_100_000])(
  'I6 a file of the configuration is read whole: %i bytes',
  async (size) => {
    const text = 'policy: 1\n'.repeat(Math.ceil(size / 10)).slice(0, size)
    expect(await policyIn(await written(text))).toBe(text)
  },
)

it('I6 of a file that is far too large no more is read than it takes to refuse it', async () => {
  expect(await policyIn(await written('x'.repeat(3_000_000)))).toHaveLength(1_100_000)
})

const untold = '/proc/version'
it.skipIf(!existsSync(untold))(
  'I6 a file that does not tell its size is read whole all the same',
  async () => {
    expect(await policyIn(untold)).toBe(await readFile(untold, 'utf8'))
  },
)
