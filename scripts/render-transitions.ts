/** Each status of one noun with the statuses it may move to; the first is where a new one starts. */
export type Transitions = Readonly<Record<string, readonly string[]>>

/** The table as a Mermaid state diagram: an arrow from the start to the first status, and from each final one to the end. */
export function renderTransitions(noun: string, transitions: Transitions): string {
  const arrows = Object.entries(transitions).flatMap(([from, targets], index) => [
    ...(index === 0 ? [`  [*] --> ${from}`] : []),
    ...targets.map((to) => `  ${from} --> ${to}`),
    ...(targets.length === 0 ? [`  ${from} --> [*]`] : []),
  ])
  return [`### ${capitalised(noun)}`, '', '```mermaid', 'stateDiagram-v2', ...arrows, '```'].join('\n')
}

function capitalised(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`
}
