/** `sut_<tenant>_<id>_<secret>`: names its tenant, so that it is looked up inside that tenant and nowhere else. */
export interface KeyText {
  readonly tenantId: string
  readonly id: string
  readonly secret: string
}

const pattern = /^sut_([a-z][a-z0-9-]{0,40})_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/

export const formatKey = ({ tenantId, id, secret }: KeyText): string => `sut_${tenantId}_${id}_${secret}`

export const parseKey = (text: string): KeyText | null => {
  const [, tenantId, id, secret] = pattern.exec(text) ?? []
  return tenantId === undefined || id === undefined || secret === undefined ? null : { tenantId, id, secret }
}
