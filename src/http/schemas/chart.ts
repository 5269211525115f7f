import { z } from '@hono/zod-openapi'
import { Chart } from '../../domain/chart.ts'
import { anchors, roles } from '../../message/chart/drawing.ts'
import { Instant } from './common.ts'
import { bucket } from './learning.ts'

const role = z.enum(roles)
const n = z.number()

const DrawingView = z
  .object({
    width: n,
    height: n,
    margin: n.openapi({ description: 'At every side so much is free' }),
    shapes: z.array(
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('rect'), x: n, y: n, width: n, height: n, radius: n, role }),
        z.object({ kind: z.literal('circle'), x: n, y: n, radius: n, role }),
        z.object({
          kind: z.literal('text'),
          x: n,
          y: n.openapi({ description: 'The baseline' }),
          text: z.string(),
          size: n,
          bold: z.boolean(),
          anchor: z.enum(anchors),
          role,
        }),
      ]),
    ),
  })
  .openapi('Drawing', {
    description: 'Shapes in their order, with roles in place of colours; pixels at scale 1',
  })

// Made anew: what the domain made may be older than the method that names it here.
/** Also a block of a card (`kind: chart`), in a thread. */
const ChartView = z
  .object({ chart: z.object(Chart.shape).openapi('Chart'), drawing: DrawingView })
  .openapi('ChartView')

export const ChartsQuery = z.strictObject({ bucket: bucket.default('all') })

export const ChartsView = z
  .object({
    success_by_playbook: ChartView,
    success_by_service: ChartView,
    time_to_recover: ChartView,
    incidents_by_service: ChartView,
    approvals_waiting: ChartView,
    metadata: z.object({ generated_at: Instant }),
  })
  .openapi('Charts')
