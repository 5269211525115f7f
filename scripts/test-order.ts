import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The longest file begins first: left to the end it runs alone while the other worker has nothing to do. */
const first = 'test/chaos/runs.test.ts'

export class TestOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const rank = ({ moduleId }: TestSpecification): number => (moduleId.endsWith(first) ? 0 : 1)
    return sorted.toSorted((one, other) => rank(one) - rank(other))
  }
}
