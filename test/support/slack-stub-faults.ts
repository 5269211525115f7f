/** What a call to the Slack stub meets instead of its answer. */
export type FaultKind =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number; readonly body?: string }
  /** HTTP 200 with `ok: false`, the way Slack refuses. */
  | { readonly kind: 'refusal'; readonly error: string; readonly with?: Readonly<Record<string, unknown>> }
  /** No answer, ever; with `applied` it took effect all the same. */
  | { readonly kind: 'hang'; readonly applied?: boolean }
  /** The connection breaks; with `applied` it took effect all the same. */
  | { readonly kind: 'cut'; readonly applied?: boolean }

export interface Fault {
  /** A method such as `chat.update`, `response` for a response_url, `*` for all. */
  readonly method: string
  readonly as: FaultKind
  /** How many calls meet it; 1 unless told. */
  readonly times?: number
  /** Only calls to this channel. */
  readonly channel?: string
}

export interface FaultBox {
  readonly add: (fault: Fault) => void
  readonly clear: () => void
  readonly take: (method: string, channel: unknown) => FaultKind | null
}

export const createFaultBox = (): FaultBox => {
  let faults: { fault: Fault; left: number }[] = []
  return {
    add: (fault) => faults.push({ fault, left: fault.times ?? 1 }),
    clear: () => {
      faults = []
    },
    take: (method, channel) => {
      const found = faults.find(
        ({ fault, left }) =>
          left > 0 &&
          (fault.method === '*' || fault.method === method) &&
          (fault.channel === undefined || fault.channel === channel),
      )
      if (found === undefined) return null
      found.left--
      return found.fault.as
    },
  }
}
