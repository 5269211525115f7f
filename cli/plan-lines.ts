import { z } from 'zod'
import { oneLine } from './text.ts'

/** What a proposal would call, word for word, in a terminal. */

const Plan = z.looseObject({
  plan: z.array(
    z.looseObject({
      title: z.string(),
      undo: z.string().nullable(),
      calls: z
        .array(
          z.looseObject({ target: z.string().nullable(), call: z.string(), undo: z.string().nullable() }),
        )
        .default([]),
    }),
  ),
})

export const planLines = (proposal: unknown): string[] => {
  const read = Plan.safeParse(proposal)
  if (!read.success) return ['(a plan of a newer version: see the console)']
  return read.data.plan.flatMap((step, at) => [
    `${at + 1}. ${oneLine(step.title)}`,
    ...step.calls.flatMap(({ target, call, undo }) => [
      `   ${target === null ? '' : `${oneLine(target)}: `}${oneLine(call)}`,
      ...(undo === null ? [] : [`   undone by: ${oneLine(undo)}`]),
    ]),
    ...(step.undo === null ? ['   CANNOT BE UNDONE'] : []),
  ])
}
