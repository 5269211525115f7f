import type { RunRow } from '../../storage/run.repository.ts'

/** An ended run that was to undo one that ended `unknown`, and never began: what that one did is still to be answered. */
export const neverUndid = ({
  undo_of: undoes,
  started_at: startedAt,
}: Pick<RunRow, 'undo_of' | 'started_at'>): boolean => undoes !== null && startedAt === null
