import type { Command } from 'commander'
import type { ExitCode } from '../failure.ts'
import type { Open } from '../program.ts'
import { addAuditVerify } from './audit-verify.ts'

export const addAudit = (program: Command, open: Open, end: (code: ExitCode) => void): void => {
  const audit = program.command('audit').description('the history that can be proved')
  addAuditVerify(audit, open, end)
}
