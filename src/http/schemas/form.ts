import { z } from '@hono/zod-openapi'
import { formNames } from '../../domain/form.ts'

const FormField = z
  .object({
    name: z.string().openapi({ description: 'What its answer is sent under' }),
    label: z.string(),
    hint: z.string().openapi({ example: 'an integer from -3 to 3' }),
    value: z.string().openapi({ description: 'What stands in it beforehand' }),
    kind: z.discriminatedUnion('is', [
      z.object({ is: z.literal('text'), maxLength: z.number() }),
      z.object({ is: z.literal('number'), min: z.number(), max: z.number() }),
      z.object({
        is: z.literal('choice'),
        options: z.array(z.object({ value: z.string(), label: z.string() })).readonly(),
      }),
    ]),
  })
  .openapi('FormField')

/** What is asked before a button is pressed: a note, or one answer for each field. */
export const Prompt = z
  .object({
    title: z.string(),
    label: z.string(),
    required: z.boolean(),
    about: z.string().optional(),
    fields: z.array(FormField).readonly().optional(),
  })
  .openapi('Prompt')

export const FormQuery = z.strictObject({ name: z.enum(formNames) })

export const Form = z
  .object({
    token: z.string().openapi({ description: 'It is sent to /v1/clicks, with the answers' }),
    prompt: Prompt.nullable().openapi({ description: 'Null where sending it would be refused' }),
  })
  .openapi('Form')
