import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { KubernetesObject } from './kubernetes-objects.ts'
import { loopbackCertificate, loopbackKey } from './loopback-certificate.ts'

/**
 * A recorded Kubernetes API: an HTTP server of ours that answers as an API server does for the objects it was given - shapes,
 * statuses, resourceVersion, strategic merge of what Suture sends. No controller runs in it; a test plays that part.
 */
export interface RecordedKubernetes {
  readonly kubeconfig: string
  /** By path, such as `/apis/apps/v1/namespaces/shop/deployments/checkout`. */
  readonly objects: Map<string, KubernetesObject>
  /** `PATCH /path`, in the order in which they came. */
  readonly requests: string[]
  readonly patches: { readonly path: string; readonly query: string; readonly body: unknown }[]
  /** Looked at before each request is carried out. */
  fault: (method: string, path: string) => Fault
  /** Plays the controller, after each update. */
  controller: (object: KubernetesObject) => KubernetesObject
  readonly close: () => Promise<void>
}

export type Fault =
  | 'none'
  /** The connection is cut before, or after, the request was carried out. */
  | 'cut_before'
  | 'cut_after'
  | 'hang'
  | 'hang_after'
  | { readonly status: number; readonly message: string }

export const TOKEN = 'kubernetes-token-0123456789'

const record = z.record(z.string(), z.unknown())
const metadataOf = (object: KubernetesObject) => record.parse(object['metadata'] ?? {})

export async function startKubernetes(
  objects: Readonly<Record<string, KubernetesObject>>,
  over: { readonly secure?: boolean } = {},
): Promise<RecordedKubernetes> {
  const handler = (request: IncomingMessage, response: ServerResponse) =>
    void readBody(request).then((body) => carryOut(request, body, response))
  const server: Server =
    over.secure === true
      ? createHttps({ key: loopbackKey, cert: loopbackCertificate }, handler)
      : createHttp(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as AddressInfo
  const folder = mkdtempSync(join(tmpdir(), 'suture-kubeconfig-'))
  const kubeconfig = join(folder, 'config')
  writeFileSync(kubeconfig, kubeconfigOf(port, over.secure === true))
  const api: RecordedKubernetes = {
    kubeconfig,
    objects: new Map(Object.entries(structuredClone(objects))),
    requests: [],
    patches: [],
    fault: () => 'none',
    controller: settled,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      rmSync(folder, { recursive: true })
    },
  }

  const carryOut = (request: IncomingMessage, body: string, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', 'http://api')
    const method = request.method ?? 'GET'
    api.requests.push(`${method} ${url.pathname}`)
    const fault = api.fault(method, url.pathname)
    if (fault === 'cut_before') return void request.socket.destroy()
    if (fault === 'hang') return
    if (typeof fault === 'object') return send(response, fault.status, status(fault.status, fault.message))
    if (request.headers.authorization !== `Bearer ${TOKEN}`)
      return send(response, 401, status(401, 'Unauthorized'))
    const [code, answer] = method === 'PATCH' ? patch(url, request, body) : read(url)
    if (fault === 'cut_after') return void request.socket.destroy()
    if (fault === 'hang_after') return
    send(response, code, answer)
  }

  const read = (url: URL): [number, object] => {
    const found = api.objects.get(url.pathname)
    if (found !== undefined) return [200, found]
    const [kind = ''] = url.pathname.split('/').slice(-1)
    if (kind !== 'replicasets' && kind !== 'pods') return notFound(url.pathname)
    const wanted = (url.searchParams.get('labelSelector') ?? '').split(',').filter((each) => each !== '')
    const items = [...api.objects.entries()]
      .filter(([path]) => path.startsWith(`${url.pathname}/`))
      .map(([, object]) => object)
      .filter((object) => {
        const labels = record.parse(metadataOf(object)['labels'] ?? {})
        return wanted.every((each) => labels[each.split('=')[0] ?? ''] === each.split('=')[1])
      })
    return [200, { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '9000' }, items }]
  }

  const patch = (url: URL, request: IncomingMessage, text: string): [number, object] => {
    const path = url.pathname
    const object = api.objects.get(path)
    if (object === undefined) return notFound(path)
    if (request.headers['content-type'] !== 'application/strategic-merge-patch+json')
      return [415, status(415, `the body of the request was in an unknown format`)]
    const change = record.parse(JSON.parse(text))
    api.patches.push({ path, query: url.search, body: change })
    const version = metadataOf(change)['resourceVersion']
    const now = String(metadataOf(object)['resourceVersion'])
    if (version !== undefined && version !== now)
      return [
        409,
        status(
          409,
          `Operation cannot be fulfilled on "${path.split('/').at(-1)}": the object has been modified; please apply your changes to the latest version and try again`,
        ),
      ]
    const merged = merge(object, change)
    const changedSpec = JSON.stringify(merged['spec']) !== JSON.stringify(object['spec'])
    const metadata = metadataOf(merged)
    const generation = Number(metadata['generation'] ?? 0) + (changedSpec ? 1 : 0)
    const next = api.controller({
      ...merged,
      metadata: { ...metadata, resourceVersion: String(Number(now) + 1), generation },
    })
    api.objects.set(path, next)
    return [200, next]
  }
  return api
}

/** A controller that has done everything at once. */
export const settled = (object: KubernetesObject): KubernetesObject => {
  const replicas = record.parse(object['spec'])['replicas']
  const counts =
    typeof replicas === 'number'
      ? { replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas }
      : {}
  const generation = metadataOf(object)['generation']
  return {
    ...object,
    status: { ...record.parse(object['status'] ?? {}), observedGeneration: generation, ...counts },
  }
}

/** Strategic merge, as far as Suture uses it: mappings merge, `$patch: replace` replaces, lists are taken whole. */
const merge = (object: KubernetesObject, change: KubernetesObject): KubernetesObject => {
  const { $patch, ...fields } = change
  const merged = $patch === 'replace' ? {} : { ...object }
  for (const [name, value] of Object.entries(fields)) {
    const both = [record.safeParse(merged[name]), record.safeParse(value)] as const
    if (value === null) delete merged[name]
    else if (both[1].success) merged[name] = merge(both[0].success ? both[0].data : {}, both[1].data)
    else merged[name] = value
  }
  return merged
}

const notFound = (path: string): [number, object] => [
  404,
  status(404, `"${path.split('/').at(-1)}" not found`),
]

const status = (code: number, message: string): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  code,
})

const send = (response: ServerResponse, code: number, body: object): void =>
  void response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks).toString('utf8')
}

const kubeconfigOf = (port: number, secure: boolean): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [
      {
        name: 'test',
        cluster: secure
          ? {
              server: `https://127.0.0.1:${port}`,
              'certificate-authority-data': Buffer.from(loopbackCertificate).toString('base64'),
            }
          : { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true },
      },
    ],
    users: [
      { name: 'suture', user: { token: TOKEN } },
      { name: 'nobody', user: { token: 'wrong' } },
    ],
    contexts: [
      { name: 'test', context: { cluster: 'test', user: 'suture' } },
      { name: 'unknown-user', context: { cluster: 'test', user: 'nobody' } },
    ],
  })
