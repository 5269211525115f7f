import { type Command, Option } from 'commander'
import { page } from '../../src/http/schemas/common.ts'
import { PersonView } from '../../src/http/schemas/identity.ts'
import { AccountsView } from '../../src/http/schemas/links.ts'
import { accountId, chatName, personId, wholeBetween } from '../arguments.ts'
import type { Open } from '../program.ts'
import { more } from '../tables.ts'
import { oneLine, table } from '../text.ts'
import { relative } from '../when.ts'

interface ListOptions {
  readonly state: string
  readonly limit: number
  readonly after?: string
}

export const addPeople = (program: Command, open: Open): void => {
  const people = program
    .command('people')
    .description('people and service accounts: list, disable, enable, take accounts off')

  people
    .command('list', { isDefault: true })
    .description('people and service accounts, by id')
    .addOption(
      new Option('--state <state>', 'which of them')
        .choices(['enabled', 'disabled', 'all'])
        .default('enabled'),
    )
    .option('--limit <count>', 'at most so many', wholeBetween(1, 200), 50)
    .option('--after <person>', 'go on after this person, as the page before gave it')
    .action(async ({ state, limit, after }: ListOptions, command: Command) => {
      const session = open(command)
      const { paint, now } = session
      const found = await session.client.get('/v1/people', page(PersonView), { state, limit, after })
      session.show(found, () => [
        ...table(
          paint,
          ['ID', 'NAME', 'KIND', 'ROLES', 'STATE'],
          found.items.map((each) => [
            each.id,
            each.name,
            each.kind.replaceAll('_', ' '),
            each.roles.join(','),
            each.disabledAt === null ? 'good' : `disabled ${relative(each.disabledAt, now)}`,
          ]),
        ),
        ...more(found.next),
      ])
    })

  people
    .command('disable')
    .description('end what somebody may do at once, with every session and key they hold')
    .argument('<id>', 'as `suture people list` shows it', personId)
    .action(async (id: string, _options: object, command: Command) => {
      const session = open(command)
      const person = await session.client.post(`/v1/people/${id}/disable`, {}, PersonView)
      session.show(person, () => [
        `${oneLine(person.name)} is disabled: their keys and sessions open nothing.`,
      ])
    })

  people
    .command('enable')
    .description('let somebody who was disabled act again')
    .argument('<id>', 'as `suture people list --state disabled` shows it', personId)
    .action(async (id: string, _options: object, command: Command) => {
      const session = open(command)
      const person = await session.client.post(`/v1/people/${id}/enable`, {}, PersonView)
      session.show(person, () => [
        `${oneLine(person.name)} may act again, with the keys that were not revoked.`,
      ])
    })

  people
    .command('accounts')
    .description('accounts of chats that are linked to somebody')
    .argument('<id>', 'as `suture people list` shows it', personId)
    .action(async (id: string, _options: object, command: Command) => {
      const session = open(command)
      const { paint, now } = session
      const found = await session.client.get(`/v1/people/${id}/accounts`, AccountsView)
      session.show(found, () => [
        ...table(
          paint,
          ['CHAT', 'ACCOUNT', 'LINKED', 'ROLES BY GROUPS', 'READ'],
          found.items.map((each) => [
            each.chat,
            each.account,
            relative(each.linkedAt, now),
            each.roles.join(','),
            each.rolesSeenAt === null ? '' : relative(each.rolesSeenAt, now),
          ]),
        ),
      ])
    })

  people
    .command('unlink')
    .description('take an account of a chat off somebody; it opens nothing until it is linked again')
    .argument('<id>', 'as `suture people list` shows it', personId)
    .argument('<chat>', 'slack or discord', chatName)
    .argument('<account>', 'as `suture people accounts` shows it, such as T1:U1', accountId)
    .action(async (id: string, chat: string, account: string, _options: object, command: Command) => {
      const session = open(command)
      const left = await session.client.post(`/v1/people/${id}/unlink`, { chat, account }, AccountsView)
      session.show(left, () => [
        `${chat} ${account} opens nothing any more; ${id} has ${left.items.length === 1 ? '1 account' : `${left.items.length} accounts`} left.`,
      ])
    })
}
