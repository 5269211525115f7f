/** What a commit of a run is for. Those of one kind ask and write the same things, in the same statements. */
export type CommitKind = 'claim' | 'intent' | 'result' | 'conclusion' | 'note'

/** A commit that waits for its turn. */
export interface InLine {
  readonly app: object
  readonly tenantId: string
  readonly of: { readonly runId: string; readonly kind: CommitKind }
  /** How many batches have gone before it that it could have been in. */
  passedBy: number
}

/** Who has been passed by as often goes next, with whatever else there is room for. */
const passedByAtMost = 2

/**
 * Whose turn it is: of those of one App and tenant, and of each run its first, the kind of which most wait. A commit of one
 * kind has half the statements of one of all kinds; and who lets others go first is joined by them soon, so that runs that are
 * out of step fall into it.
 */
export const nextBatch = <Each extends InLine>(line: readonly Each[], most: number): readonly Each[] => {
  const runs = new Set<string>()
  const able = line.filter((each) => {
    const isFirst =
      !runs.has(each.of.runId) && each.app === line[0]?.app && each.tenantId === line[0]?.tenantId
    runs.add(each.of.runId)
    return isFirst
  })
  const kinds = Map.groupBy(able, ({ of }) => of.kind)
  const largest = [...kinds.values()].reduce((one, other) => (other.length > one.length ? other : one), [])
  const overdue = able.filter(({ passedBy }) => passedBy >= passedByAtMost)
  const turn = overdue.length === 0 ? largest : [...new Set([...overdue, ...able])]
  const batch = turn.slice(0, most)
  for (const each of able) if (!batch.includes(each)) each.passedBy += 1
  return batch
}
