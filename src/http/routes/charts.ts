import { readCharts } from '../../app/read/charts.ts'
import type { Chart } from '../../domain/chart.ts'
import { layoutOf } from '../../message/chart/layout.ts'
import type { HttpDeps } from '../deps.ts'
import { type Operation, operation } from '../operation.ts'
import { ChartsQuery, ChartsView } from '../schemas/chart.ts'

export const chartRoutes = ({ app }: HttpDeps): Operation[] => [
  operation({
    method: 'get',
    path: '/v1/charts',
    id: 'getCharts',
    summary:
      'Success by playbook and by service, time to recover, incidents by service (of all time: the last 30 days) and approvals waiting now, as figures and as drawings',
    tag: 'learning',
    scopes: ['read'],
    query: ChartsQuery,
    answers: ChartsView,
    handle: async ({ caller, query }) => {
      const { now, charts } = await readCharts(app, caller.tenantId, query.bucket)
      return {
        success_by_playbook: drawn(charts.success_by_playbook),
        success_by_service: drawn(charts.success_by_service),
        time_to_recover: drawn(charts.time_to_recover),
        incidents_by_service: drawn(charts.incidents_by_service),
        approvals_waiting: drawn(charts.approvals_waiting),
        metadata: { generated_at: now.toString() },
      }
    },
  }),
]

const drawn = (chart: Chart) => {
  const drawing = layoutOf(chart)
  return { chart, drawing: { ...drawing, shapes: [...drawing.shapes] } }
}
