import type { Topic } from './commit.ts'

/** Says that something has changed, after it was committed, in whatever process. It carries no content: look it up. */
export interface ChangeEvent {
  readonly tenantId: string
  readonly topic: Topic
  readonly id: string
}

export interface EventFeed {
  /** Returns the way to stop listening. `onGap` tells that events may have been missed and the view should be read anew. */
  readonly subscribe: (
    tenantId: string,
    listener: (event: ChangeEvent) => void,
    onGap: () => void,
  ) => () => void
}
