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

/** Those before which nothing of the same run waits or is under way: a later commit of a run never overtakes an earlier one. */
export const firstOfRuns = <Each extends InLine>(
  line: readonly Each[],
  underWay: Iterable<InLine>,
): readonly Each[] => {
  const nameOf = ({ tenantId, of }: InLine): string => `${tenantId} ${of.runId}`
  const runs = new Set([...underWay].map(nameOf))
  return line.filter((each) => {
    const isFirst = !runs.has(nameOf(each))
    runs.add(nameOf(each))
    return isFirst
  })
}

/**
 * Whose turn it is: of those of one App and tenant the kind of which most wait. A commit of one kind has half the statements of one
 * of all kinds; and who lets others go first is joined by them soon, so that runs that are out of step fall into it.
 */
export const nextBatch = <Each extends InLine>(waiting: readonly Each[], most: number): readonly Each[] => {
  const able = waiting.filter(
    (each) => each.app === waiting[0]?.app && each.tenantId === waiting[0]?.tenantId,
  )
  const kinds = Map.groupBy(able, ({ of }) => of.kind)
  const largest = [...kinds.values()].reduce((one, other) => (other.length > one.length ? other : one), [])
  const overdue = able.filter(({ passedBy }) => passedBy >= passedByAtMost)
  const turn = overdue.length === 0 ? largest : [...new Set([...overdue, ...able])]
  const batch = turn.slice(0, most)
  for (const each of able) if (!batch.includes(each)) each.passedBy += 1
  return batch
}
