import { existsSync, statSync } from 'node:fs'
import type { RequestOptions } from 'node:https'
import type { KubeConfig } from '@kubernetes/client-node'
import { type Bound, bound, refused } from '../binding.ts'
import { type Redact, redactor } from '../redact.ts'

/** Where a pod finds the token of its service account. */
const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token'

export interface ClusterAccess {
  /** `https://10.0.0.1:6443/` */
  readonly server: URL
  /** TLS and headers for one request; asked anew each time, because tokens rotate. */
  readonly request: Omit<RequestOptions, 'headers' | 'agent'> & {
    readonly headers: Readonly<Record<string, string>>
    /** Set where the kubeconfig names a proxy; a connection of its own otherwise. */
    readonly agent: NonNullable<RequestOptions['agent']>
  }
  /** Takes the token out of whatever a server may echo. */
  readonly redact: Redact
}

/** Of a context of the kubeconfig; undefined for the current one. Refused in words that hold no secret. */
export type FindCluster = (context: string | undefined) => Promise<Bound<ClusterAccess>>

/**
 * The client library, which takes about 80 MB, is loaded by the first call. A kubeconfig is read again when it has changed.
 * Without one, the cluster counts that this process runs in.
 */
export function createFindCluster(kubeconfig: string | undefined): FindCluster {
  const known = new Map<string, { readonly stamp: string; readonly config: KubeConfig }>()
  return async (context) => {
    const stamp = stampOf(kubeconfig)
    if (!stamp.ok) return stamp
    const key = context ?? ''
    let config = known.get(key)?.stamp === stamp.value ? known.get(key)?.config : undefined
    if (config === undefined) {
      const loaded = await load(kubeconfig, context)
      if (!loaded.ok) return loaded
      config = loaded.value
      known.set(key, { stamp: stamp.value, config })
    }
    return await accessOf(config)
  }
}

function stampOf(kubeconfig: string | undefined): Bound<string> {
  if (kubeconfig === undefined)
    return process.env['KUBERNETES_SERVICE_HOST'] !== undefined && existsSync(SERVICE_ACCOUNT_TOKEN)
      ? bound('in-cluster')
      : refused('no cluster is configured: set SUTURE_KUBECONFIG to a kubeconfig, or run inside the cluster')
  const stats = statSync(kubeconfig, { throwIfNoEntry: false })
  return stats?.isFile()
    ? bound(`${stats.mtimeMs}-${stats.ino}`)
    : refused(`SUTURE_KUBECONFIG names ${kubeconfig}, which is no file that can be read`)
}

async function load(kubeconfig: string | undefined, context: string | undefined): Promise<Bound<KubeConfig>> {
  const library = await import('@kubernetes/client-node')
  const config = new library.KubeConfig()
  if (kubeconfig === undefined) {
    config.loadFromCluster()
    return context === undefined
      ? bound(config)
      : refused(`context ${context} needs a kubeconfig: set SUTURE_KUBECONFIG, or remove the context`)
  }
  try {
    config.loadFromFile(kubeconfig)
  } catch {
    // The parser's own message quotes the lines around the fault, and those may hold a token.
    return refused(`${kubeconfig} can't be read as a kubeconfig; try it with kubectl config view`)
  }
  if (context !== undefined) config.setCurrentContext(context)
  if (config.getContextObject(config.getCurrentContext()) !== null) return bound(config)
  const names = config.getContexts().map(({ name }) => name)
  return refused(
    `${kubeconfig} has no context ${config.getCurrentContext()} (it has: ${names.join(', ') || 'none'})`,
  )
}

async function accessOf(config: KubeConfig): Promise<Bound<ClusterAccess>> {
  const cluster = config.getCurrentCluster()
  const server = cluster === null ? null : URL.parse(cluster.server)
  if (cluster === null || server === null)
    return refused(`context ${config.getCurrentContext()} names no cluster with a server`)
  const options: RequestOptions = { headers: {} }
  try {
    await config.applyToHTTPSOptions(options)
  } catch (error) {
    return refused(`there are no credentials for context ${config.getCurrentContext()}: ${safeWords(error)}`)
  }
  const headers = Object.fromEntries(
    Object.entries(options.headers ?? {}).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name.toLowerCase(), String(value)]],
    ),
  )
  const { headers: _headers, agent, ...tls } = options
  const token = headers['authorization']?.replace(/^Bearer /, '') ?? null
  return bound({
    server,
    request: { ...tls, headers, agent: cluster.proxyUrl === undefined ? false : (agent ?? false) },
    redact: redactor('of the kubeconfig', token),
  })
}

/** A plugin's own words may hold what it was given; its system error does not. */
function safeWords(error: unknown): string {
  if (error instanceof Error && error.message.startsWith('HTTP protocol is not allowed'))
    return 'its server is http://, which needs insecure-skip-tls-verify: true'
  const code = error instanceof Error && 'code' in error ? String(error.code) : null
  return code === null ? 'its plugin or key failed; try it with kubectl' : `${code}; try it with kubectl`
}
