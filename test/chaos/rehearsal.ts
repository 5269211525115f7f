import type { Cell } from './cell.ts'
import { type Variant, variants } from './estate.ts'
import { type Place, placesIn, type Rehearsal, runPart } from './plan.ts'
import { passedOf, play, rehearse } from './play.ts'
import { seedOf } from './random.ts'

/** Where recoveries differ: nothing had been done of an open step, something had, the undoing had begun. */
const firstBlows: readonly { readonly variant: Variant; readonly first: Place }[] = [
  { variant: 'heals', first: { at: 'intent:action:two', nth: 1 } },
  { variant: 'heals', first: { at: 'acted:action:two', nth: 1 } },
  { variant: 'refused', first: { at: 'acted:rollback:two', nth: 1 } },
]

/** How often it was taken over. On a busy machine a run may lose its lease undisturbed, and be taken over by the same worker. */
const timesClaimed = (part: readonly string[]): number =>
  part.filter((at) => at === 'committing:run_started').length

/** A worker that hears a second ring passes a place more. The shortest of several has none of that: the plan stays the same. */
const rehearsals = 3
const mostRehearsals = 12

/** Finds the places there are by going through undisturbed runs, and through recoveries, once. */
export const rehearseAll = async (cell: Cell): Promise<Rehearsal> => {
  const parts = new Map<Variant, string[][]>(variants.map((variant) => [variant, []]))
  const shortestOf = (variant: Variant): string[] | undefined =>
    parts.get(variant)?.toSorted((one, other) => one.length - other.length)[0]
  const lacks = (): boolean => variants.some((variant) => shortestOf(variant) === undefined)
  for (let time = 0; time < rehearsals || (lacks() && time < mostRehearsals); time += 1)
    for (const [at, passed] of (await rehearse(cell, variants)).entries()) {
      const part = runPart(passed.map((place) => place.at))
      const variant = variants[at]
      if (variant !== undefined && timesClaimed(part) === 0) parts.get(variant)?.push(part)
    }
  const placesOf = (variant: Variant): Place[] => {
    const places = placesIn(shortestOf(variant) ?? [])
    if (places.length < 15) throw new Error(`${variant}: only ${places.length} places were passed`)
    return places
  }
  const recovery: Rehearsal['recovery'][number][] = []
  for (const { variant, first } of firstBlows) {
    recovery.push({ variant, first, after: placesIn(await blowAt(cell, variant, first)) })
  }
  return {
    heals: placesOf('heals'),
    refused: placesOf('refused'),
    ill: placesOf('ill'),
    blind: placesOf('blind'),
    recovery,
  }
}

/** On a busy machine the other worker may take the run: then the moment is missed, which says nothing, and it is tried again. */
const blows = 8

const blowAt = async (cell: Cell, variant: Variant, place: Place): Promise<string[]> => {
  for (let time = 1; time <= blows; time += 1) {
    await cell.haveWorkers(2)
    const id = `rehearsal/${variant}/${place.at}${time === 1 ? '' : `/${time}`}`
    const [played] = await play(cell, [
      {
        id,
        kind: 'kill',
        variant,
        backend: cell.backend,
        workers: 2,
        repetition: 0,
        place,
        second: null,
        seed: seedOf(id),
      },
    ])
    if (played === undefined) continue
    const { struck, violations, runId } = played
    if (violations.length > 0) throw new Error(`${id}: ${violations.join('; ')}`)
    const part = runPart(passedOf(cell, runId).map(({ at }) => at))
    if (struck && timesClaimed(part) === 1) return part
  }
  throw new Error(
    `rehearsal/${variant}/${place.at}: the place was not passed, or the run was taken over more than once, in ${blows} runs`,
  )
}
