import type { Command } from 'commander'

/** Shell completion, written from the commands themselves: it cannot lag behind them. */

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

interface Node {
  /** Words so far, such as `runs show`; empty for `suture` itself. */
  readonly path: string
  readonly commands: readonly { readonly name: string; readonly about: string }[]
  readonly options: readonly { readonly flag: string; readonly about: string }[]
}

export const completionScript = (shell: Shell, program: Command): string => {
  const nodes = nodesOf(program, [], globalOptions(program))
  return { bash, zsh, fish }[shell](nodes)
}

const globalOptions = (program: Command): Node['options'] => [
  ...optionsOf(program),
  { flag: '--help', about: 'show help' },
]

const optionsOf = (command: Command): Node['options'] =>
  command.options.flatMap((option) =>
    option.long == null ? [] : [{ flag: option.long, about: option.description }],
  )

const nodesOf = (command: Command, path: readonly string[], globals: Node['options']): Node[] => [
  {
    path: path.join(' '),
    commands: command.commands.map((each) => ({ name: each.name(), about: each.description() })),
    options: path.length === 0 ? globals : [...optionsOf(command), ...globals],
  },
  ...command.commands.flatMap((each) => nodesOf(each, [...path, each.name()], globals)),
]

const wordsOf = ({ commands, options }: Node): string =>
  [...commands.map((each) => each.name), ...options.map((each) => each.flag)].join(' ')

/** Finds the deepest command among the words before the cursor; what is no command (an id, a value) changes nothing. */
const bash = (
  nodes: readonly Node[],
): string => `# bash completion for suture: source <(suture completion bash)
_suture() {
  local path="" word next
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${path:+$path }$word"
    case "$next" in
${nodes
  .filter((node) => node.path !== '')
  .map((node) => `      '${node.path}') path="$next" ;;`)
  .join('\n')}
    esac
  done
  case "$path" in
${nodes.map((node) => `    '${node.path}') COMPREPLY=($(compgen -W '${wordsOf(node)}' -- "\${COMP_WORDS[COMP_CWORD]}")) ;;`).join('\n')}
  esac
}
complete -F _suture suture
`

const zsh = (nodes: readonly Node[]): string => `#compdef suture
# zsh completion for suture: source <(suture completion zsh)
_suture() {
  local at="" word next
  for word in "\${(@)words[2,CURRENT-1]}"; do
    next="\${at:+$at }$word"
    case "$next" in
${nodes
  .filter((node) => node.path !== '')
  .map((node) => `      '${node.path}') at="$next" ;;`)
  .join('\n')}
    esac
  done
  case "$at" in
${nodes.map((node) => `    '${node.path}') compadd -- ${wordsOf(node)} ;;`).join('\n')}
  esac
}
compdef _suture suture
`

const fish = (nodes: readonly Node[]): string => {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const seen = (path: string): string =>
    path
      .split(' ')
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join('; and ')
  const lines = nodes.flatMap(({ path, commands, options }) => {
    const none =
      commands.length === 0
        ? ''
        : `not __fish_seen_subcommand_from ${commands.map((each) => each.name).join(' ')}`
    const when = [path === '' ? '' : seen(path), none].filter((part) => part !== '').join('; and ')
    const head = `complete -c suture -n ${quoted(when)}`
    return [
      ...commands.map((each) => `${head} -f -a ${each.name} -d ${quoted(each.about)}`),
      ...options.map((each) => `${head} -l ${each.flag.slice(2)} -d ${quoted(each.about)}`),
    ]
  })
  return `# fish completion for suture: suture completion fish | source\n${lines.join('\n')}\n`
}
