import type { App } from '../app.ts'
import { tell } from './tell.ts'

/** A job that only asks whether anybody answers. No row is named so: whoever took it for one would find nothing to do. */
const prefix = 'self-test.'

export const trialKey = (id: string): string => `${prefix}${id}`
export const isTrial = (key: string): boolean => key.startsWith(prefix)

/** What a worker does with it. */
export const answerTrial = (
  app: Pick<App, 'store'>,
  job: { readonly tenantId: string; readonly key: string },
): Promise<void> => tell(app, job.tenantId, job.key)
