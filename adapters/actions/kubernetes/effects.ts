import { z } from 'zod'

/**
 * Which effects Suture had on an object, kept in an annotation of that object and written in the same conditional update as the
 * effect itself: the key is there exactly when the effect happened.
 */

export const EFFECTS_ANNOTATION = 'suture.dev/effects'

/** More than any run has steps on one target; each takes some 100 of the 256 KB that annotations may have. */
const KEPT = 20

/** How long after its step a key may still be asked for without doubt. */
const SURELY_KEPT_MS = 24 * 60 * 60 * 1_000

const Effects = z.array(z.object({ key: z.string(), at: z.iso.datetime() }))
type Effects = z.infer<typeof Effects>

type Annotations = Readonly<Record<string, string>>

/** Null when somebody else has written into the annotation, so that it says nothing any more. */
function effectsOf(annotations: Annotations): Effects | null {
  const text = Object.hasOwn(annotations, EFFECTS_ANNOTATION) ? annotations[EFFECTS_ANNOTATION] : undefined
  if (text === undefined) return []
  try {
    const parsed = Effects.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

export const hasEffect = (annotations: Annotations, key: string): boolean =>
  effectsOf(annotations)?.some((effect) => effect.key === key) ?? false

/** The annotation with one more effect; the oldest makes room. */
export function withEffect(annotations: Annotations, key: string, now: Temporal.Instant): string {
  const at = now.toString({ smallestUnit: 'second' })
  return JSON.stringify([...(effectsOf(annotations) ?? []), { key, at }].slice(-KEPT))
}

/** Whether the effect of a key happened, as the object says it. */
export function probeEffects(
  annotations: Annotations,
  key: string,
  now: Temporal.Instant,
): 'happened' | 'not_happened' | 'cannot_tell' {
  const effects = effectsOf(annotations)
  if (effects === null) return 'cannot_tell'
  if (effects.some((effect) => effect.key === key)) return 'happened'
  const [oldest] = effects
  if (oldest === undefined || effects.length < KEPT) return 'not_happened'
  // A full list has dropped older ones. Ours can only be among those if there were that many since its step.
  const ageMs = now.epochMilliseconds - Temporal.Instant.from(oldest.at).epochMilliseconds
  return ageMs >= SURELY_KEPT_MS ? 'not_happened' : 'cannot_tell'
}
