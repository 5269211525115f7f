import type { ActionCatalogue } from './action.ts'
import { isBackstageEntity, readBackstageComponent, serviceFieldPath } from './backstage.ts'
import { checkServices } from './check-catalogue.ts'
import { type FileProblem, type Reading, readWith } from './reading.ts'
import { Catalogue, type Service } from './service.ts'

/** A problem in one of several documents of a file, counted from 0. */
export interface DocumentProblem extends FileProblem {
  readonly document: number
}

export type CatalogueReading =
  | { readonly ok: true; readonly value: Catalogue }
  | { readonly ok: false; readonly problems: readonly DocumentProblem[] }

interface Declared {
  readonly service: Service
  readonly document: number
  /** From a path inside the service to the path in its document. */
  readonly locate: (problem: FileProblem) => FileProblem
}

/**
 * Documents in the plain form (`services: [...]`), Backstage Components, or both in one file. Backstage entities of other
 * kinds are no services and are passed over.
 */
export const readCatalogue = (documents: readonly unknown[], actions: ActionCatalogue): CatalogueReading => {
  const problems: DocumentProblem[] = []
  const declared: Declared[] = []
  for (const [document, input] of documents.entries()) {
    const reading = readDocument(input)
    if (reading.ok) declared.push(...reading.value.map((each) => ({ ...each, document })))
    else problems.push(...reading.problems.map((problem) => ({ ...problem, document })))
  }
  // Cross-checks only on what could be read in full: a service that failed its own check would be reported missing as well.
  if (problems.length === 0)
    for (const [index, found] of checkServices(
      declared.map((each) => each.service),
      actions,
    ).entries()) {
      const from = declared[index]
      if (from !== undefined)
        problems.push(...found.map((problem) => ({ ...from.locate(problem), document: from.document })))
    }
  return problems.length === 0
    ? { ok: true, value: { services: declared.map((each) => each.service) } }
    : { ok: false, problems }
}

const readDocument = (input: unknown): Reading<Omit<Declared, 'document'>[]> => {
  if (isBackstageEntity(input)) {
    if (input.kind !== 'Component') return { ok: true, value: [] }
    const service = readBackstageComponent(input)
    return service.ok ? { ok: true, value: [{ service: service.value, locate: serviceFieldPath }] } : service
  }
  const catalogue = readWith(Catalogue)(input)
  if (!catalogue.ok) return catalogue
  return {
    ok: true,
    value: catalogue.value.services.map((service, index) => ({
      service,
      locate: (problem) => ({ ...problem, path: ['services', index, ...problem.path] }),
    })),
  }
}
