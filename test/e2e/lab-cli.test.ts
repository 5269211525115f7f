import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LabUnderTest, labDirectory, removeDirectory, startTestLab } from './lab-support.ts'

let data: string
let lab: LabUnderTest

const CLI = fileURLToPath(new URL('../../lab/cli.ts', import.meta.url))

type Ran = { code: number; stdout: string; stderr: string }

const run = async (args: readonly string[], env: Record<string, string>): Promise<Ran> => {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [CLI, ...args], { env })
    return { code: 0, stdout, stderr }
  } catch (error) {
    return error as Ran
  }
}
const cli = (...args: string[]) => run(args, { SUTURE_DATA_DIR: data })

beforeAll(async () => {
  data = await labDirectory()
  lab = await startTestLab(join(data, 'lab'))
})
afterAll(async () => {
  await lab.stop()
  await removeDirectory(data)
})

test('break breaks, says what will be seen and how to mend it; mend mends', async () => {
  const broken = await cli('break', 'checkout', 'crash')
  expect(broken.stdout).toContain('checkout is broken: the process exits and stays down.')
  expect(broken.stdout).toContain('npm run lab -- mend checkout')
  expect((await lab.order('checkout')).status).toBe(502)
  expect((await cli('mend', 'checkout')).stdout).toContain('checkout is mended (was: crash)')
  expect((await lab.order('checkout')).status).toBe(200)
})

test('state shows each service, as text and as JSON', async () => {
  expect((await cli('state')).stdout).toMatch(/checkout +(yes|NO|\?) +- +1 of 1/)
  const { services } = JSON.parse((await cli('--json', 'state')).stdout) as { services: { name: string }[] }
  expect(services.map(({ name }) => name)).toEqual(['payments', 'checkout', 'storefront'])
})

test('LAB_URL and LAB_TOKEN find a lab whose data is elsewhere', async () => {
  const elsewhere = { LAB_URL: lab.url, LAB_TOKEN: lab.token, SUTURE_DATA_DIR: '/nowhere' }
  expect((await run(['mend', 'payments'], elsewhere)).code).toBe(0)
  const refused = await run(['mend', 'payments'], { ...elsewhere, LAB_TOKEN: 'wrong' })
  expect(refused).toMatchObject({ code: 1 })
  expect(refused.stderr).toContain('Authorization: Bearer')
})

test('a mistake is answered with what there is', async () => {
  expect((await cli('break', 'chekout', 'hang')).stderr).toContain(
    'There are: payments, checkout, storefront.',
  )
  expect((await cli('break', 'checkout', 'flood')).stderr).toContain(
    'There are: hang, crash, errors, latency',
  )
  expect((await cli('explode')).code).not.toBe(0)
  const absent = await run(['state'], { SUTURE_DATA_DIR: join(data, 'empty') })
  expect(absent.code).toBe(1)
  expect(absent.stderr).toContain('No lab is running')
  const gone = await run(['state'], { LAB_URL: 'http://127.0.0.1:9' })
  expect(gone.stderr).toContain('Start it with: npm start')
})

test('faults and help need no running lab', async () => {
  expect((await run(['faults'], {})).stdout).toContain('turning the flag off')
  expect((await run(['--help'], {})).stdout).toContain('npm run lab -- break checkout hang')
})
