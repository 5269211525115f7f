import type { Catalogue } from './service.ts'

/** Who depends on whom, through any number of services. All of it is safe on cycles; a service is not counted for itself. */

/** Services by their place in the order of their names, so that what is reached needs no sorting. */
interface Graph {
  readonly names: readonly string[]
  readonly places: ReadonlyMap<string, number>
  readonly dependencies: readonly (readonly number[])[]
  readonly dependents: readonly (readonly number[])[]
}

/** A catalogue never changes: a new version is a new object. So its graph is made once, and goes with it. */
const graphs = new WeakMap<Catalogue, Graph>()

const graphOf = (catalogue: Catalogue): Graph => {
  const known = graphs.get(catalogue)
  if (known !== undefined) return known
  const named = catalogue.services.flatMap(({ name, dependsOn }) => [name, ...dependsOn])
  const names = [...new Set(named)].sort()
  const places = new Map(names.map((name, at) => [name, at]))
  const dependencies: number[][] = names.map(() => [])
  const dependents: number[][] = names.map(() => [])
  for (const { name, dependsOn } of catalogue.services) {
    const place = places.get(name) ?? 0
    for (const dependency of dependsOn) {
      const needed = places.get(dependency) ?? 0
      dependencies[place]?.push(needed)
      dependents[needed]?.push(place)
    }
  }
  const graph = { names, places, dependencies, dependents }
  graphs.set(catalogue, graph)
  return graph
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

const reachedFrom = (
  { names, places }: Graph,
  edges: readonly (readonly number[])[],
  of: string,
): string[] => {
  const start = places.get(of)
  if (start === undefined) return []
  const seen = new Uint8Array(names.length)
  const queue = [start]
  for (let next = queue.pop(); next !== undefined; next = queue.pop())
    for (const each of edges[next] ?? [])
      if (seen[each] === 0) {
        seen[each] = 1
        queue.push(each)
      }
  seen[start] = 0
  return names.filter((_, at) => seen[at] === 1)
}
