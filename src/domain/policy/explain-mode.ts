import { type DataRule, modeOfRules } from './data-rule.ts'
import { effectiveMode, type ModeSetting, setForInWords } from './effective-mode.ts'
import { matches } from './match.ts'
import { unreviewedMode } from './mode.ts'
import { type Mode, strictestMode } from './modes.ts'

/** What holds for one service or one playbook, and why, in the order in which it is decided. */
export interface ModeExplained {
  readonly mode: Mode
  /** Sentences. */
  readonly why: readonly string[]
}

export interface ModeAsked {
  readonly service: string | null
  readonly playbook: string | null
  readonly tenant: Mode
  readonly settings: readonly ModeSetting[]
  readonly rules: readonly DataRule[]
  /** A broken glass for this service that is over and that nobody has reviewed. */
  readonly unreviewed: string | null
  readonly observeOnly: boolean
}

export const explainMode = (asked: ModeAsked): ModeExplained => {
  if (asked.observeOnly)
    return {
      mode: 'observe',
      why: ['Suture was started in observe mode only: nothing that is set here changes that.'],
    }
  const about = { service: asked.service ?? '', playbook: asked.playbook }
  const set = effectiveMode(asked.tenant, asked.settings, about)
  const fit = asked.rules.filter(({ then }) => then.mode !== undefined)
  const always = fit.filter((rule) => holdsAlways(rule, asked))
  const sometimes = fit.filter((rule) => !always.includes(rule) && mayHold(rule, asked))
  const most = modeOfRules(always)
  const lowered = asked.unreviewed === null ? set.mode : strictestMode(set.mode, unreviewedMode)
  return {
    mode: most === null ? lowered : strictestMode(lowered, most),
    why: [
      set.by.length === 0
        ? `Nothing is set for it, so the mode of all services holds: ${asked.tenant}.`
        : `${set.mode} is${setForInWords(set.by).replaceAll(/[()]/g, '')}; the mode of all services is ${asked.tenant}.`,
      ...stricterSet(asked, set.mode),
      ...(asked.unreviewed !== null && lowered !== set.mode
        ? [`It is at most ${unreviewedMode} until somebody reviews ${asked.unreviewed}.`]
        : []),
      ...always.map(({ id, then, reason }) => `Rule ${id} lets it be at most ${then.mode}: ${reason}`),
      ...sometimes.map(
        ({ id, then, reason }) => `Rule ${id} makes some of it at most ${then.mode}: ${reason}`,
      ),
    ],
  }
}

/** Where both are set, the looser one is told too, so that nobody wonders why it does nothing. */
const stricterSet = ({ settings, service, playbook }: ModeAsked, held: Mode): string[] =>
  settings
    .filter(({ scope, name, mode }) => name === (scope === 'service' ? service : playbook) && mode !== held)
    .map(
      ({ scope, name, mode }) =>
        `${mode} is set for ${scope === 'service' ? name : `the playbook ${name}`} too; the stricter holds.`,
    )

/** True when the rule is about nothing that is not known yet. */
const holdsAlways = ({ match }: DataRule, asked: ModeAsked): boolean =>
  mayHold({ match }, asked) &&
  match.impacts === undefined &&
  match.diagnoses === undefined &&
  (match.playbooks === undefined || asked.playbook !== null) &&
  (match.services === undefined || asked.service !== null)

const mayHold = ({ match }: Pick<DataRule, 'match'>, { service, playbook }: ModeAsked): boolean =>
  matches(
    {
      ...(service === null || match.services === undefined ? {} : { services: match.services }),
      ...(playbook === null || match.playbooks === undefined ? {} : { playbooks: match.playbooks }),
    },
    { service: service ?? '', playbook: playbook ?? '', impact: '', diagnosisCode: '' },
  )
