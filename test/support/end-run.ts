import { existsSync } from 'node:fs'
import { clearUpAfter } from './run-folder.ts'

/**
 * `node end-run.ts <folder>`: clears up after a run of the tests that was killed, or that left something running. Does
 * nothing where the run has removed its folder itself.
 */
const [folder = ''] = process.argv.slice(2)
if (folder !== '' && existsSync(folder)) await clearUpAfter(folder)
