import { hash } from 'node:crypto'
import type { Card } from '../domain/card.ts'
import { type Caller, type Person, roles } from '../domain/person.ts'
import { isRejection, type Rejection, reject } from '../domain/rejection.ts'
import { isQuestion } from '../query/is-question.ts'
import type { Tx } from '../storage/database.ts'
import type { AnswerFile } from './answer/reading.ts'
import { type Answered, answerWithRecord } from './answer-question.ts'
import type { App } from './app.ts'
import { refused } from './audit-refusal.ts'
import { commit, type Outbound } from './commit.ts'
import { postCards } from './show/post-cards.ts'

export interface PostedMessage {
  readonly id: string
  readonly createdAt: Temporal.Instant
  /** Of its answer, for a chat that takes files. */
  readonly file?: AnswerFile
}

const mostCharacters = 4_000

/** What a person writes in a thread. If it asks something, the answer follows in the same thread, in a commit of its own. */
export const postMessage = async (
  app: App,
  caller: Caller,
  incidentId: string,
  body: string,
): Promise<PostedMessage | Rejection> => {
  const posted = await storeMessage(app, caller, incidentId, body.trim())
  if (isRejection(posted)) return posted
  try {
    const file = await postAnswer(app, caller, incidentId, posted.id, body.trim())
    if (file !== undefined) return { ...posted, file }
  } catch (error) {
    // The message is written; that its answer failed must not make the person write it again.
    app.log.error({ incident: incidentId, message: posted.id, error }, 'a question could not be answered')
  }
  return posted
}

const storeMessage = (
  app: App,
  caller: Caller,
  incidentId: string,
  body: string,
): Promise<PostedMessage | Rejection> =>
  commit(app, caller.tenantId, async (tx, out) => {
    const incident = await tx.db
      .selectFrom('incident')
      .select('id')
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', incidentId)
      .executeTakeFirst()
    if (incident === undefined)
      return reject('not_found', `There is no incident ${incidentId}.`, 'Open the list of incidents.')
    const invalid = refuseBody(body)
    if (invalid !== null) return invalid
    const refusal = refuseWriting(caller.person, body)
    if (refusal !== null)
      return refused(
        out,
        { actor: caller.person.id, subject: incidentId, incidentId, command: 'message' },
        refusal,
      )
    const row = await tx.db
      .insertInto('message')
      .values({
        tenant_id: tx.tenantId,
        id: app.ids.uuid(),
        incident_id: incidentId,
        author_id: caller.person.id,
        body,
        created_at: tx.now,
      })
      .returning(['id', 'created_at'])
      .executeTakeFirstOrThrow()
    // People paste secrets into threads: the log, which nobody can take back, keeps the digest alone.
    const details = {
      message: row.id,
      via: caller.via,
      characters: body.length,
      sha256: hash('sha256', body, 'hex'),
    }
    out.audit({ event: 'message_posted', actor: caller.person.id, subject: incidentId, details }, incidentId)
    out.changed('message', row.id)
    return { id: row.id, createdAt: row.created_at }
  })

const refuseBody = (body: string): Rejection | null => {
  if (body === '') return reject('invalid', 'The message is empty.', 'Write something.')
  if (body.length > mostCharacters)
    return reject(
      'too_large',
      `The message has ${body.length} characters; ${mostCharacters} are the most.`,
      'Make it shorter, or link to the long text.',
    )
  if (body.includes('\u0000') || !body.isWellFormed())
    return reject(
      'invalid',
      'The message holds characters that are no text (U+0000 or half a pair).',
      'Send plain text.',
    )
  return null
}

/** Viewers only ask; anybody with another role writes. */
const refuseWriting = (person: Person, body: string): Rejection | null => {
  if (person.roles.some((role) => role !== 'viewer')) return null
  if (person.roles.includes('viewer') && isQuestion(body)) return null
  const others = roles.filter((role) => role !== 'viewer').join(', ')
  return reject(
    'forbidden',
    `${person.name} may look and ask, but not write.`,
    `Ask a question that ends with “?”, or get one of the roles ${others}.`,
  )
}

const postAnswer = async (
  app: App,
  caller: Caller,
  incidentId: string,
  messageId: string,
  text: string,
): Promise<AnswerFile | undefined> => {
  const answered = await answerWithRecord(app, caller.tenantId, {
    text,
    incidentId,
    askedBy: caller.person,
    via: caller.via,
    scopes: caller.scopes,
    follows: true,
  })
  if (answered === null) return undefined
  const put = async (tx: Tx, out: Outbound, card: Card): Promise<void> => {
    const { service } = await tx.db
      .selectFrom('incident')
      .select('service')
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', incidentId)
      .executeTakeFirstOrThrow()
    await postCards(app, tx, out, [{ key: `answer/${messageId}`, kind: 'answer', incidentId, service, card }])
  }
  await commit(app, caller.tenantId, async (tx, out) => {
    await put(tx, out, answered.card)
    out.audit(
      {
        event: 'question_answered',
        actor: caller.person.id,
        subject: incidentId,
        details: { message: messageId, ...recordOf(answered) },
      },
      incidentId,
    )
  })
  // Each state is a version of the same card: the chats show the newest one, as fast as they may.
  await answered.live?.((card) => commit(app, caller.tenantId, (tx, out) => put(tx, out, card)))
  return answered.file
}

export const recordOf = ({ parsed, answer }: Answered) =>
  parsed.understood
    ? {
        understood: true,
        query: { ...parsed.query },
        records: [...(answer?.records ?? [])],
        complete: answer?.missing === null,
      }
    : { understood: false, why: parsed.why }
