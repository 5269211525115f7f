import type { Catalogue } from './service.ts'

/** Who depends on whom, through any number of services. All of it is safe on cycles; a service is not counted for itself. */

/** Services by their place, which is the order in which the catalogue names them. */
interface Graph {
  readonly names: readonly string[]
  readonly places: ReadonlyMap<string, number>
  /** All places, in the order of their names, so that what is reached needs no sorting. */
  readonly inOrder: readonly number[]
  readonly dependencies: Edges
  readonly dependents: Edges
}

/** Of place `at`, those that it leads to are `to[from[at]]` up to `to[from[at + 1]]`: a list a service would be ten thousand lists. */
interface Edges {
  readonly from: Int32Array
  readonly to: Int32Array
}

/** A catalogue never changes: a new version is a new object. So its graph is made once, and goes with it. */
const graphs = new WeakMap<Catalogue, Graph>()

const graphOf = (catalogue: Catalogue): Graph => {
  const known = graphs.get(catalogue)
  if (known !== undefined) return known
  const places = new Map<string, number>()
  const placeOf = (name: string): number => {
    const place = places.get(name)
    if (place !== undefined) return place
    places.set(name, places.size)
    return places.size - 1
  }
  const dependents: number[] = []
  const dependencies: number[] = []
  for (const { name, dependsOn } of catalogue.services) {
    const place = placeOf(name)
    for (const dependency of dependsOn) {
      dependents.push(place)
      dependencies.push(placeOf(dependency))
    }
  }
  const names = [...places.keys()]
  const graph = {
    names,
    places,
    inOrder: names.toSorted().map(placeOf),
    dependencies: edgesOf(dependents, dependencies, names.length),
    dependents: edgesOf(dependencies, dependents, names.length),
  }
  graphs.set(catalogue, graph)
  return graph
}

/** Makes what every question needs: where a catalogue is read, so that the first who asks does not wait for it. */
export const prepareDependents = (catalogue: Catalogue): void => void graphOf(catalogue)

/** `starts[at]` leads to `ends[at]`. */
const edgesOf = (starts: readonly number[], ends: readonly number[], places: number): Edges => {
  const from = new Int32Array(places + 1)
  for (const start of starts) from[start + 1] = (from[start + 1] ?? 0) + 1
  for (let place = 0; place < places; place += 1)
    from[place + 1] = (from[place + 1] ?? 0) + (from[place] ?? 0)
  const to = new Int32Array(ends.length)
  const next = from.slice()
  for (let at = 0; at < starts.length; at += 1) {
    const start = starts[at] ?? 0
    const slot = next[start] ?? 0
    to[slot] = ends[at] ?? 0
    next[start] = slot + 1
  }
  return { from, to }
}

/** Names of the services that `of` depends on, directly or through others, in order. */
export const dependenciesOf = (catalogue: Catalogue, of: string): string[] => {
  const graph = graphOf(catalogue)
  return reachedFrom(graph, graph.dependencies, of)
}

/** Names of the services that depend on `of`, directly or through others, in order. */
export const dependentsOf = (catalogue: Catalogue, of: string): string[] => {
  const graph = graphOf(catalogue)
  return reachedFrom(graph, graph.dependents, of)
}

const reachedFrom = ({ names, places, inOrder }: Graph, { from, to }: Edges, of: string): string[] => {
  const start = places.get(of)
  if (start === undefined) return []
  const seen = new Uint8Array(names.length)
  const queue = [start]
  for (let next = queue.pop(); next !== undefined; next = queue.pop())
    for (let at = from[next] ?? 0; at < (from[next + 1] ?? 0); at += 1) {
      const each = to[at] ?? 0
      if (seen[each] === 0) {
        seen[each] = 1
        queue.push(each)
      }
    }
  seen[start] = 0
  return inOrder.filter((place) => seen[place] === 1).map((place) => names[place] ?? '')
}
