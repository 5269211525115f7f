import type { ModeAbout } from '../../domain/mode-words.ts'
import type { Caller } from '../../domain/person.ts'
import type { Mode } from '../../domain/policy/modes.ts'
import { isRejection, type Rejection } from '../../domain/rejection.ts'
import { lockSetting, putSetting, removeSetting } from '../../storage/autonomy.repository.ts'
import type { Tx } from '../../storage/database.ts'
import type { App } from '../app.ts'
import { refused } from '../audit-refusal.ts'
import { commit } from '../commit.ts'
import { type ModesView, modesIn } from '../read/modes.ts'
import { refuseUnlessAdmin } from './admin-only.ts'
import { findNamed, type Named } from './find-named.ts'

/** Sets the mode of one service or playbook; null takes away what is set, so that the mode of all services holds again. */
export const changeMode = (
  app: App,
  caller: Caller,
  about: ModeAbout,
  mode: Mode | null,
): Promise<ModesView | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const actor = caller.person.id
    const asked = { actor, subject: about.name, command: 'change_mode' }
    const refusal = await refuseUnlessAdmin(app, tx, caller, 'change how far Suture may go')
    if (refusal !== null) return refused(out, asked, refusal)
    const named = await meant(app, tx, about, mode)
    if (isRejection(named)) return refused(out, asked, named)
    const { scope, name } = named
    const before = await lockSetting(tx, scope, name)
    if (before !== (mode ?? undefined)) {
      await (mode === null ? removeSetting(tx, scope, name) : putSetting(tx, { ...named, mode }, actor))
      out.audit({
        event: 'governance_changed',
        actor,
        subject: name,
        details: { scope, name, mode: mode ?? 'default', from: before ?? 'default', via: caller.via },
      })
      out.changed('governance', tx.tenantId)
    }
    return modesIn(app, tx, {
      service: scope === 'service' ? name : null,
      playbook: scope === 'playbook' ? name : null,
    })
  })

/** What has left the catalogue since can still be taken away. */
const meant = async (app: App, tx: Tx, about: ModeAbout, mode: Mode | null): Promise<Named | Rejection> => {
  const found = findNamed(await app.configuration.of(tx.tenantId), about)
  if (!isRejection(found) || mode !== null) return found
  for (const scope of about.kind === null ? (['service', 'playbook'] as const) : [about.kind])
    if ((await lockSetting(tx, scope, about.name)) !== undefined) return { scope, name: about.name }
  return found
}
