/** One thing to measure. `measure` returns one figure in the unit of its bench. */
export interface Side {
  readonly name: string
  readonly measure: (round: number) => Promise<number>
}

/** A side that cannot be measured here, with the reason in words. */
export interface AbsentSide {
  readonly name: string
  readonly absent: string
}

export const isAbsent = (side: Side | AbsentSide): side is AbsentSide => 'absent' in side

/** The order of one round: every side comes first, second, ... equally often, so that none profits from its place. */
export const orderOf = <T>(sides: readonly T[], round: number): T[] =>
  sides.map((_, at) => sides[(at + round) % sides.length] as T)

/**
 * All sides in every round, interleaved. Round 0 warms everything up and is thrown away; the figures of rounds 1 to
 * `rounds` come back by the name of their side.
 */
export const measureRounds = async (
  sides: readonly Side[],
  rounds: number,
  note: (line: string) => void,
): Promise<Map<string, number[]>> => {
  const figures = new Map<string, number[]>(sides.map((side) => [side.name, []]))
  for (let round = 0; round <= rounds; round += 1) {
    const said: string[] = []
    for (const side of orderOf(sides, round)) {
      const figure = await side.measure(round)
      if (!(figure > 0))
        throw new Error(`${side.name} measured ${figure} in round ${round}; expected more than 0`)
      if (round > 0) figures.get(side.name)?.push(figure)
      said.push(`${side.name} ${figure.toFixed(1)}`)
    }
    note(`${round === 0 ? 'warm-up' : `round ${round}`}: ${said.join(', ')}`)
  }
  return figures
}
