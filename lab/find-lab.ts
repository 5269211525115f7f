/** Finds a running lab by the files it leaves in its directory. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { httpGet } from './http-get.ts'

const LabFile = z.object({ url: z.url(), pid: z.int() })
export type LabFile = z.infer<typeof LabFile>

const ASK_MS = 1_000

/** What `<dir>/lab.json` says; null when there is none, or none that can be read. */
export function readLabFile(dir: string): LabFile | null {
  try {
    return LabFile.parse(JSON.parse(readFileSync(join(dir, 'lab.json'), 'utf8')))
  } catch {
    return null
  }
}

/** The pid of the lab that answers at this address; null when none does. */
export async function whoAnswers(url: string): Promise<number | null> {
  const answer = await httpGet(`${url}/state`, ASK_MS)
  if (answer.kind !== 'answer' || answer.status !== 200) return null
  try {
    return z.object({ pid: z.int() }).parse(JSON.parse(answer.body.toString('utf8'))).pid
  } catch {
    return null
  }
}
