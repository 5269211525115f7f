import type { Command } from 'commander'
import type { ExitCode } from '../failure.ts'
import type { Open } from '../program.ts'
import { addAuditKey } from './audit-key.ts'
import { addAuditMonitor } from './audit-monitor.ts'
import { addAuditRead } from './audit-read.ts'
import { addAuditTake } from './audit-take.ts'
import { addAuditVerify } from './audit-verify.ts'

export const addAudit = (program: Command, open: Open, end: (code: ExitCode) => void): void => {
  const audit = program.command('audit').description('the history that can be proved')
  addAuditRead(audit, open)
  addAuditTake(audit, open)
  addAuditVerify(audit, open, end)
  addAuditMonitor(audit, open)
  addAuditKey(audit, open)
}
