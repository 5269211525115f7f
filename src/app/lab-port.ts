/** The lab, as the console and the CLI may use it. Absent outside the lab. */
export interface LabPort {
  readonly faults: readonly string[]
  /** The lab's own `/state`, as it answers. */
  readonly state: () => Promise<unknown>
  readonly breakService: (service: string, fault: string) => Promise<void>
  readonly mendService: (service: string) => Promise<void>
}
