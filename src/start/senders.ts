import type { SenderName } from '../config/sender-problems.ts'
import type { Settings } from '../config.ts'
import type { AlertSourceName } from '../domain/alert.ts'
import type { SenderAuth } from '../http/sender-auth.ts'

type Senders = Readonly<Record<AlertSourceName, SenderAuth>>
type Signature = Pick<SenderAuth & { readonly kind: 'hmac' }, 'header' | 'timeHeader' | 'requireTime'>

/**
 * How each source's sender proves who it is, from the settings. In the lab its own secret opens Alertmanager's door, through
 * which the lab reports, and the others where nothing is set for them.
 */
export const sendersOf = (settings: Settings, labSecret: string | null): Senders => {
  const orLab = (name: SenderName, signature: Signature): SenderAuth => {
    const auth = senderOf(settings, name, signature)
    return auth.kind === 'shared_secret' ? { ...auth, secret: auth.secret ?? labSecret } : auth
  }
  return {
    alertmanager:
      labSecret === null
        ? senderOf(settings, 'ALERTMANAGER', ownSignature)
        : { kind: 'shared_secret', secret: labSecret },
    grafana: orLab('GRAFANA', grafanaSignature),
    generic: orLab('GENERIC', genericSignature(settings)),
  }
}

/** Whoever signs for Suture can sign the time too. */
const ownSignature: Signature = { requireTime: true }

/**
 * Grafana 12 signs `<time>:<body>` when its contact point names a header for the time, for which it has no default:
 * https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
 */
const grafanaSignature: Signature = {
  header: 'X-Grafana-Alerting-Signature',
  timeHeader: 'X-Grafana-Alerting-Timestamp',
  requireTime: true,
}

/** A sender with a header of its own has a form of its own too, mostly of the body alone. */
const genericSignature = ({ SUTURE_GENERIC_HMAC_HEADER: header }: Settings): Signature =>
  header === undefined ? ownSignature : { header, requireTime: false }

const senderOf = (settings: Settings, name: SenderName, signature: Signature): SenderAuth => {
  const secret = settings[`SUTURE_${name}_SECRET`] ?? null
  switch (settings[`SUTURE_${name}_AUTH`]) {
    case 'bearer':
      return { kind: 'shared_secret', secret }
    case 'hmac':
      return { kind: 'hmac', secret, ...signature }
    case 'basic': {
      const colon = secret?.indexOf(':') ?? 0
      return {
        kind: 'basic',
        username: secret?.slice(0, colon) ?? null,
        password: secret?.slice(colon + 1) ?? null,
      }
    }
    case 'mtls':
      return {
        kind: 'mtls_header',
        header: settings.SUTURE_MTLS_HEADER,
        subjects: settings[`SUTURE_${name}_MTLS_SUBJECTS`],
        trustedProxies: settings.SUTURE_TRUSTED_PROXIES,
      }
  }
}
