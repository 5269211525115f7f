import type { Cell } from './cell.ts'
import type { Variant } from './estate.ts'
import { type Place, placesIn, type Rehearsal, runPart } from './plan.ts'
import { play, rehearse } from './play.ts'
import { seedOf } from './random.ts'

/** Where recoveries differ: nothing had been done of an open step, something had, the undoing had begun. */
const firstBlows: readonly { readonly variant: Variant; readonly first: Place }[] = [
  { variant: 'heals', first: { at: 'intent:action:two', nth: 1 } },
  { variant: 'heals', first: { at: 'acted:action:two', nth: 1 } },
  { variant: 'refused', first: { at: 'acted:rollback:two', nth: 1 } },
]

/** A worker that hears a second ring passes a place more. The shortest of several has none of that: the plan stays the same. */
const rehearsals = 3

/** Finds the places there are by going through undisturbed runs, and through recoveries, once. */
export const rehearseAll = async (cell: Cell): Promise<Rehearsal> => {
  const placesOf = async (variant: Variant): Promise<Place[]> => {
    const parts: string[][] = []
    for (let time = 0; time < rehearsals; time += 1) parts.push(runPart(await rehearse(cell, variant)))
    const places = placesIn(parts.toSorted((one, other) => one.length - other.length)[0] ?? [])
    if (places.length < 15) throw new Error(`${variant}: only ${places.length} places were passed`)
    return places
  }
  const heals = await placesOf('heals')
  const refused = await placesOf('refused')
  const ill = await placesOf('ill')
  const blind = await placesOf('blind')
  const recovery: Rehearsal['recovery'][number][] = []
  for (const { variant, first } of firstBlows) {
    await blowAt(cell, variant, first)
    const parts = cell.workers().map(({ passed }) => runPart(passed.slice(lastClaim(passed))))
    recovery.push({ variant, first, after: placesIn(parts.find((part) => part.length > 0) ?? []) })
  }
  return { heals, refused, ill, blind, recovery }
}

/** On a busy machine the other worker may take the run: then the moment is missed, which says nothing, and it is tried again. */
const blows = 3

const blowAt = async (cell: Cell, variant: Variant, place: Place): Promise<void> => {
  for (let time = 1; time <= blows; time += 1) {
    await cell.haveWorkers(2)
    const id = `rehearsal/${variant}/${place.at}${time === 1 ? '' : `/${time}`}`
    const { struck, violations } = await play(cell, {
      id,
      kind: 'kill',
      variant,
      backend: cell.backend,
      workers: 2,
      repetition: 0,
      place,
      second: null,
      seed: seedOf(id),
    })
    if (violations.length > 0) throw new Error(`${id}: ${violations.join('; ')}`)
    if (struck) return
  }
  throw new Error(`rehearsal/${variant}/${place.at}: the place was not passed in ${blows} runs`)
}

const lastClaim = (passed: readonly string[]): number =>
  Math.max(0, passed.lastIndexOf('committing:run_started'))
