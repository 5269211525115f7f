import type { Severity } from '../../src/domain/alert.ts'

/** Every word seen for a severity, in lower case. What is not here, and nothing at all, is medium. */
const words: Readonly<Record<Severity, readonly string[]>> = {
  critical: ['critical', 'crit', 'page', 'fatal', 'emergency', 'emerg', 'severe', 'disaster', 'p1', 'sev1'],
  high: ['high', 'error', 'err', 'major', 'p2', 'sev2'],
  medium: ['medium', 'warning', 'warn', 'average', 'moderate', 'minor', 'p3', 'sev3'],
  low: ['low', 'p4', 'sev4'],
  info: ['info', 'information', 'informational', 'notice', 'none', 'p5', 'sev5'],
}

const byWord: ReadonlyMap<string, Severity> = new Map(
  (Object.entries(words) as [Severity, readonly string[]][]).flatMap(([severity, list]) =>
    list.map((word) => [word, severity] as const),
  ),
)

export const toSeverity = (word: string | null | undefined): Severity =>
  byWord.get(word?.trim().toLowerCase() ?? '') ?? 'medium'

const priorityWord = /^p[1-5]$/i

/** `priority: P2` grades an alert; `priority: batch` tells one queue from another, and is part of what it is. */
export const isPriorityGrade = (value: string): boolean => priorityWord.test(value)

/** The label `severity`, else the label `priority` where it is a grade. */
export const severityOfLabels = (labels: Readonly<Record<string, string>>): Severity => {
  const { severity, priority } = labels
  if (severity !== undefined && severity !== '') return toSeverity(severity)
  return priority !== undefined && isPriorityGrade(priority) ? toSeverity(priority) : 'medium'
}
