/**
 * The estate: three services, six ways to break them, and the numbers that make both real.
 *
 *   payments  <-  checkout  <-  storefront        (who calls whom, read right to left)
 */

export const SERVICE_NAMES = ['payments', 'checkout', 'storefront'] as const
export type ServiceName = (typeof SERVICE_NAMES)[number]

export type ServiceSpec = {
  readonly name: ServiceName
  readonly title: string
  readonly description: string
  readonly owner: string
  readonly dependsOn: readonly ServiceName[]
  /** What its circuit breaker guards: the service it depends on, or a stand-in for the world outside. */
  readonly circuit: string
  /** How long it waits for its dependency, in ms. Shorter the deeper, so that the caller hears a reason, not silence. */
  readonly dependencyTimeoutMs: number
}

export const ESTATE: Readonly<Record<ServiceName, ServiceSpec>> = {
  payments: {
    name: 'payments',
    title: 'Payments',
    description: 'Charges cards at the bank.',
    owner: 'team-payments',
    dependsOn: [],
    circuit: 'bank',
    dependencyTimeoutMs: 1_000,
  },
  checkout: {
    name: 'checkout',
    title: 'Checkout',
    description: 'Takes the order and charges the card.',
    owner: 'team-shop',
    dependsOn: ['payments'],
    circuit: 'payments',
    dependencyTimeoutMs: 1_600,
  },
  storefront: {
    name: 'storefront',
    title: 'Storefront',
    description: 'Shows the shop and hands full baskets to checkout.',
    owner: 'team-web',
    dependsOn: ['checkout'],
    circuit: 'checkout',
    dependencyTimeoutMs: 1_800,
  },
}

export const FAULT_NAMES = ['hang', 'crash', 'errors', 'latency', 'leak', 'bad-flag'] as const
export type FaultName = (typeof FAULT_NAMES)[number]

export type FaultSpec = { readonly what: string; readonly seen: string; readonly mendedBy: string }

export const FAULTS: Readonly<Record<FaultName, FaultSpec>> = {
  hang: {
    what: 'the process lives but never answers again',
    seen: 'requests time out; ServiceDown',
    mendedBy: 'a restart',
  },
  crash: {
    what: 'the process exits and stays down',
    seen: 'nothing listens; ServiceDown',
    mendedBy: 'a restart',
  },
  errors: {
    what: 'the circuit breaker to its dependency is stuck open',
    seen: 'every order answers 500; HighErrorRate',
    mendedBy: 'flushing the circuits, or a restart',
  },
  latency: {
    what: 'more shoppers arrive than the instances can serve',
    seen: 'orders take over a second; HighLatency',
    mendedBy: 'one more instance; a restart does not help',
  },
  leak: {
    what: 'memory grows until the health check fails',
    seen: 'MemorySaturation, then ServiceDown',
    mendedBy: 'a restart',
  },
  'bad-flag': {
    what: 'the flag new-pricing is turned on, and its code is wrong',
    seen: 'three of five orders answer 500; HighErrorRate',
    mendedBy: 'turning the flag off; a restart does not help',
  },
}

export const FLAG_NAMES = ['new-pricing'] as const
export type FlagName = (typeof FLAG_NAMES)[number]

export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export const OPERATIONS = [
  'restart',
  'scale',
  'set-flag',
  'set-log-level',
  'warm-cache',
  'flush-circuits',
] as const
export type Operation = (typeof OPERATIONS)[number]

export const MIN_INSTANCES = 1
export const MAX_INSTANCES = 5

/** One order occupies an instance this long, one at a time: 40 orders/s is an instance's capacity. */
export const WORK_MS = 25

/** The balancer gives an instance this long before it answers 504 itself. */
export const UPSTREAM_TIMEOUT_MS = 2_000

/** Resident memory an instance may use; a healthy one sits near 60 MB. */
export const MEMORY_LIMIT_MB = 190

/** A leak stops here, so that the lab never endangers the machine it runs on. */
export const LEAK_CAP_MB = 140

/** Resident memory in percent of the limit: from here a warning, from there unfit to serve. */
export const MEMORY_WARN_PERCENT = 85
export const MEMORY_FAIL_PERCENT = 95

/** Everything a service depends on, directly or not, nearest first. */
export const allDependencies = (name: ServiceName): ServiceName[] =>
  ESTATE[name].dependsOn.flatMap((direct) => [direct, ...allDependencies(direct)])

export const isServiceName = (value: string): value is ServiceName =>
  (SERVICE_NAMES as readonly string[]).includes(value)

export const isFaultName = (value: string): value is FaultName =>
  (FAULT_NAMES as readonly string[]).includes(value)
