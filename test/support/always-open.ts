import { fileURLToPath } from 'node:url'

/**
 * The clock on the wall decides about windows of change; tests run at any hour, so theirs are open. They break the same
 * service again and again, so nothing is a duplicate, and Suture waits after no failure.
 */
export const alwaysOpen = {
  name: 'policy.yaml',
  text: `windows: []
limits: { proposalsPerHour: 1000, backOff: { first: 0s, most: 0s }, duplicateWithin: 0s }
`,
}

/** The same as a file, for a Suture in a process of its own. */
export const alwaysOpenPath = fileURLToPath(new URL('../../lab/policy.yaml', import.meta.url))
