/** A refusal of the control API: an RFC 9457 problem that names the field, the limit and the remedy. */
export type FieldError = { readonly field: string; readonly message: string }

export type ProblemBody = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly remedy: string
  readonly errors?: readonly FieldError[]
}

export class Problem extends Error {
  readonly body: ProblemBody
  constructor(
    status: number,
    code: string,
    title: string,
    detail: string,
    remedy: string,
    errors?: readonly FieldError[],
  ) {
    super(detail)
    this.name = 'Problem'
    this.body = {
      type: `urn:suture:lab:${code}`,
      title,
      status,
      detail,
      remedy,
      ...(errors ? { errors } : {}),
    }
  }
}

export const problemResponse = (body: ProblemBody, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), {
    status: body.status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  })
