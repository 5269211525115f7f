/** Objects as an API server of Kubernetes 1.33 answers them, shortened by fields that nobody here reads. */

export type KubernetesObject = Record<string, unknown>

const container = (image: string) => ({
  name: 'checkout',
  image,
  ports: [{ containerPort: 8080, protocol: 'TCP' }],
  resources: { limits: { memory: '256Mi' } },
  terminationMessagePath: '/dev/termination-log',
  imagePullPolicy: 'IfNotPresent',
})

const template = (image: string, labels: Record<string, string>, annotations?: Record<string, string>) => ({
  metadata: { creationTimestamp: null, labels, ...(annotations === undefined ? {} : { annotations }) },
  spec: {
    containers: [container(image)],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
  },
})

const labels = { app: 'checkout' }

export const aDeployment = (
  over: { replicas?: number; image?: string; revision?: number; spec?: object } = {},
) => {
  const { replicas = 3, image = 'shop/checkout:2.1', revision = 7 } = over
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'checkout',
      namespace: 'shop',
      uid: '5f1d6c1e-6f0d-4a52-9f53-0d8f3d2b7a01',
      resourceVersion: '1000',
      generation: 4,
      creationTimestamp: '2026-03-02T08:00:00Z',
      labels,
      annotations: { 'deployment.kubernetes.io/revision': String(revision) },
    },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: template(image, labels),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...over.spec,
    },
    status: {
      observedGeneration: 4,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      conditions: [{ type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message: '' }],
    },
  }
}

export const aReplicaSet = (revision: number, image: string, annotations?: Record<string, string>) => ({
  metadata: {
    name: `checkout-${revision}`,
    namespace: 'shop',
    uid: `0b7e4b1c-0000-4000-8000-00000000000${revision}`,
    resourceVersion: String(500 + revision),
    generation: 1,
    creationTimestamp: `2026-03-0${revision}T08:00:00Z`,
    labels: { ...labels, 'pod-template-hash': `hash${revision}` },
    annotations: { 'deployment.kubernetes.io/revision': String(revision) },
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: 'checkout',
        uid: '5f1d6c1e-6f0d-4a52-9f53-0d8f3d2b7a01',
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  },
  spec: {
    replicas: 0,
    selector: { matchLabels: { ...labels, 'pod-template-hash': `hash${revision}` } },
    template: template(image, { ...labels, 'pod-template-hash': `hash${revision}` }, annotations),
  },
  status: { replicas: 0, observedGeneration: 1 },
})

export const aStatefulSet = (over: { updateStrategy?: string } = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: {
    name: 'orders-db',
    namespace: 'shop',
    uid: '7a',
    resourceVersion: '2000',
    generation: 2,
    creationTimestamp: '2026-03-02T08:00:00Z',
  },
  spec: {
    replicas: 2,
    serviceName: 'orders-db',
    selector: { matchLabels: { app: 'orders-db' } },
    template: template('shop/orders-db:16', { app: 'orders-db' }),
    updateStrategy: { type: over.updateStrategy ?? 'RollingUpdate', rollingUpdate: { partition: 0 } },
  },
  status: {
    observedGeneration: 2,
    replicas: 2,
    readyReplicas: 2,
    updatedReplicas: 2,
    currentRevision: 'orders-db-6c',
    updateRevision: 'orders-db-6c',
  },
})

export const aNode = (unschedulable?: boolean) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: 'worker-3',
    uid: '9c',
    resourceVersion: '3000',
    creationTimestamp: '2026-01-01T08:00:00Z',
    labels: { 'kubernetes.io/hostname': 'worker-3' },
    annotations: { 'node.alpha.kubernetes.io/ttl': '0' },
  },
  spec: { podCIDR: '10.0.3.0/24', ...(unschedulable === undefined ? {} : { unschedulable }) },
  status: {
    conditions: [
      { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory', message: '' },
      { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
    ],
  },
})

/** A pod of `checkout`; `state` and `lastState` as in v1 ContainerStatus. */
export const aPod = (
  name: string,
  over: { ready?: boolean; restartCount?: number; state?: object; lastState?: object; hash?: string } = {},
) => ({
  metadata: {
    name,
    namespace: 'shop',
    uid: name,
    resourceVersion: '4000',
    creationTimestamp: '2026-03-07T08:00:00Z',
    labels: { ...labels, 'pod-template-hash': over.hash ?? 'hash7' },
  },
  spec: { containers: [container('shop/checkout:2.1')], nodeName: 'worker-3' },
  status: {
    phase: 'Running',
    containerStatuses: [
      {
        name: 'checkout',
        image: 'shop/checkout:2.1',
        ready: over.ready ?? true,
        started: over.ready ?? true,
        restartCount: over.restartCount ?? 0,
        state: over.state ?? { running: { startedAt: '2026-03-07T08:00:01Z' } },
        lastState: over.lastState ?? {},
      },
    ],
  },
})
