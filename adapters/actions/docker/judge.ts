import { z } from 'zod'
import type { StepCallResult } from '../../../src/app/ports.ts'
import { cleanText, oneLine } from '../text.ts'

/** What dockerode throws: an answer that is no success, or a fault of the connection. */
const Fault = z.object({
  statusCode: z.int().optional(),
  json: z.object({ message: z.string() }).optional().catch(undefined),
  code: z.string().optional(),
})

/** The connection never stood. */
const unreachable = new Set(['ENOENT', 'EACCES', 'ECONNREFUSED', 'ENOTSOCK', 'EPERM'])

export function problemInWords(error: unknown): string {
  const fault = Fault.safeParse(error).data ?? {}
  if (fault.statusCode !== undefined) {
    const said = oneLine(cleanText(Buffer.from(fault.json?.message ?? '')), 200)
    return `the Docker daemon answered ${fault.statusCode}${said === '' ? '' : `: ${said}`}`
  }
  const code = fault.code ?? 'no answer'
  return unreachable.has(code)
    ? `the Docker daemon can't be reached: ${code}; correct SUTURE_DOCKER_SOCKET, or let this user use it`
    : `the Docker daemon broke the connection off: ${code}`
}

/** After the restart was asked for: only an answer of the daemon says that it failed. */
export function judgeFailure(error: unknown): StepCallResult {
  const fault = Fault.safeParse(error).data ?? {}
  const answered = fault.statusCode !== undefined || (fault.code !== undefined && unreachable.has(fault.code))
  return { status: answered ? 'failed' : 'unknown', summary: problemInWords(error) }
}
