import { duration, minute, optional, setting, text, url } from './setting.ts'

/** The sealed history: what signs it, and who outside is shown how far it is. */
export const auditSettings = {
  SUTURE_AUDIT_KEY: optional({
    description:
      'File of the key that signs the history, Ed25519 in PEM, readable for nobody else (docs/audit.md). Not set: audit-key.pem in SUTURE_DATA_DIR, made at the first start. Every process with the role worker needs the same one.',
    example: '/etc/suture/audit-key.pem',
    parse: text(),
  }),
  SUTURE_AUDIT_WITNESS_URL: optional({
    description:
      'Where the newest checkpoint of the history is posted every 10 s while there are new ones, as text/plain: whoever keeps them can tell when the database was cut off or rewritten.',
    example: 'https://witness.example.com/suture',
    secret: true,
    parse: url(/^https?$/, 'http:// or https://'),
  }),
  SUTURE_AUDIT_WITNESS_CHANNEL: optional({
    description: 'Channel of Slack and Discord in which checkpoints of the history are posted.',
    example: 'audit',
    parse: text(100),
  }),
  SUTURE_AUDIT_WITNESS_EVERY: setting({
    description:
      'At least so long between two checkpoints in SUTURE_AUDIT_WITNESS_CHANNEL. The last one of a day (UTC) is always among them.',
    default: '1h',
    parse: duration(minute, 24 * 60 * minute),
  }),
}
