import { answerParent } from '../world/child.ts'
import { roundStream, type StreamAlert, type StreamOptions, stormStream } from './alert-stream.ts'
import { alertmanagerBody, inBatches, webhookBody } from './bodies.ts'
import { firstCardAfter, type SeenPost } from './first-card.ts'
import { type Loaded, postAll, requestBytes, type Target } from './http-load.ts'
import { startSink } from './webhook-sink.ts'

/** The load generator: makes bodies before the clock starts, sends them, and hears what comes back. */

export type Stream =
  | ({ readonly kind: 'round' } & StreamOptions)
  | {
      readonly kind: 'storm'
      readonly round: number
      readonly alerts: number
      readonly groups: number
      readonly startsAt: string
    }

export interface LoadQuestion {
  readonly stream: Stream
  readonly form: 'webhook' | 'alertmanager'
  readonly target: Target
  readonly perRequest: number
  readonly connections: number
}

export type Question =
  | ({ readonly kind: 'load' } & LoadQuestion)
  | { readonly kind: 'sink' }
  /** Loads Alertmanager and waits until its notifications have told of every alert. */
  | ({ readonly kind: 'load_and_hear' } & LoadQuestion)
  | ({ readonly kind: 'first_card' } & SeenPost)
  | {
      readonly kind: 'first_notification'
      readonly target: Target
      readonly service: string
      readonly startsAt: string
    }

export interface Reply {
  readonly elapsedMs: number
  readonly latenciesMs: readonly number[]
  readonly alerts: number
  readonly port: number
  readonly notifications: number
}

const nothing: Reply = { elapsedMs: 0, latenciesMs: [], alerts: 0, port: 0, notifications: 0 }

const alertsOf = (stream: Stream): StreamAlert[] => {
  switch (stream.kind) {
    case 'round':
      return roundStream(stream)
    case 'storm':
      return stormStream(stream.round, stream.alerts, stream.groups, stream.startsAt)
  }
}

const requestsOf = ({ form, target, perRequest }: LoadQuestion, alerts: readonly StreamAlert[]): Buffer[] => {
  const write = form === 'webhook' ? webhookBody : alertmanagerBody
  return inBatches(alerts, perRequest).map((batch) => requestBytes(target, write(batch)))
}

const sink = await startSink()

const load = async (question: LoadQuestion): Promise<Reply> => {
  const alerts = alertsOf(question.stream)
  const loaded: Loaded = await postAll(
    question.target.port,
    requestsOf(question, alerts),
    question.connections,
  )
  return { ...nothing, ...loaded, alerts: alerts.length }
}

answerParent<Question, Reply>(async (question) => {
  switch (question.kind) {
    case 'load':
      return load(question)
    case 'sink':
      return { ...nothing, port: sink.port }
    case 'load_and_hear': {
      const alerts = alertsOf(question.stream)
      const requests = requestsOf(question, alerts)
      const heard = sink.untilHeard(alerts.map(({ service, instance }) => `${service}/${instance}`))
      const started = performance.now()
      await postAll(question.target.port, requests, question.connections)
      const { at, notifications } = await heard
      return { ...nothing, elapsedMs: at - started, alerts: alerts.length, notifications }
    }
    case 'first_card':
      return { ...nothing, elapsedMs: await firstCardAfter(question) }
    case 'first_notification': {
      const alert: StreamAlert = {
        service: question.service,
        instance: 'only',
        alertname: 'ServiceDown',
        status: 'firing',
        startsAt: question.startsAt,
        endsAt: null,
      }
      const request = requestBytes(question.target, alertmanagerBody([alert]))
      const heard = sink.untilHeard([`${alert.service}/${alert.instance}`])
      const started = performance.now()
      await postAll(question.target.port, [request], 1)
      return { ...nothing, elapsedMs: (await heard).at - started }
    }
  }
})
