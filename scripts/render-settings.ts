/** What the docs tell about one setting; `src/config.ts` declares it once. */
export interface DocumentedSetting {
  /** The environment variable. */
  readonly name: string
  readonly description: string
  readonly default?: string | number | boolean | null | undefined
  readonly example?: string | undefined
  readonly secret?: boolean | undefined
}

const notice = 'Generated from src/config.ts by `npm run docs`; edit the setting there.'

/** `.env.example`: every setting, commented out, with its default or an example as the value. */
export function renderEnvExample(settings: readonly DocumentedSetting[]): string {
  const entries = settings.map((setting) =>
    [
      ...wrapped(setting.description, 108).map((line) => `# ${line}`),
      `#${setting.name}=${shellValue(shown(setting) ?? setting.example ?? '')}`,
    ].join('\n'),
  )
  return `${[`# ${notice}\n# Copy to .env and take the # away from what you change.`, ...entries].join('\n\n')}\n`
}

/** `docs/settings.md`: one table row a setting. */
export function renderSettingsPage(settings: readonly DocumentedSetting[]): string {
  const rows = settings.map((setting) => {
    const value = shown(setting)
    const example = setting.example === undefined ? '' : ` Example: \`${setting.example}\`.`
    const secret = setting.secret === true ? ' Secret: never logged or shown.' : ''
    const fallback = value === undefined ? 'none' : `\`${value}\``
    return `| \`${setting.name}\` | ${cell(fallback)} | ${cell(`${setting.description}${example}${secret}`)} |`
  })
  return [
    '# Settings',
    '',
    `<!-- ${notice} -->`,
    '',
    'Every setting is an environment variable. A value that does not fit stops the start; all such values are told at once.',
    '',
    '| Variable | Default | What it does |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

function shown(setting: DocumentedSetting): string | undefined {
  const value = setting.secret === true ? undefined : setting.default
  return value === undefined || value === null || value === '' ? undefined : String(value)
}

function shellValue(value: string): string {
  return /^[\w./:@,+-]*$/.test(value) ? value : JSON.stringify(value)
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
