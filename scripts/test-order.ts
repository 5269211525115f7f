import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Where nothing is known of earlier runs, as in CI, the larger file would begin first; but how long a file takes is no matter
 * of its size. These take longest, and begin before all others.
 */
const long = [
  'test/chaos/main-job.test.ts',
  'test/e2e/newcomer.test.ts',
  'test/e2e/start-lost-database.test.ts',
  'test/e2e/console-access.test.ts',
  'test/e2e/cli-server.test.ts',
  'test/contract/chat.test.ts',
  'test/e2e/cli-faults.test.ts',
  'test/e2e/console-pages.test.ts',
  'test/replay/discord-gateway.test.ts',
  'test/db/delivery-refused.test.ts',
  'test/e2e/chat-imports.test.ts',
]
/**
 * Beside a file of processes or a browser it takes several times as long, and alone it leaves a worker without anything to do. So
 * it begins when only files that share a process are left; they come last.
 */
const besideThePure = 'test/chaos/runs.test.ts'

export class TestOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      const file = relative(project.config.root, moduleId)
      if (!project.config.isolate) return long.length + 2
      if (file === besideThePure) return long.length + 1
      const at = long.indexOf(file)
      return at === -1 ? long.length : at
    }
    const sorted = await super.sort(files)
    return sorted.toSorted((one, other) => rank(one) - rank(other))
  }
}
