import { problemOf } from '../api.js'
import { become } from '../data.js'
import { h } from '../dom.js'
import { icon } from '../icons.js'
import { menuButton } from '../menu.js'
import { announce, avatar } from '../parts.js'
import { listOf, roleWords, shortName } from '../words.js'

/** In the lab one picks who one is, so that a newcomer can see that a requester can't approve. */
export const personaPicker = (me) =>
  picker(me, 'persona', 'whoami', [
    avatar(me.person),
    h(
      'span.whoami-words',
      null,
      h('span.muted', null, 'You are'),
      h(
        'span',
        null,
        h('strong', null, shortName(me.person.name)),
        h('span.role', null, ` (${me.person.roles.join(', ')})`),
      ),
    ),
    icon('down'),
  ])

/** The same in one line, for screens without the sidebar. */
export const personaChip = (me) =>
  picker(me, 'persona-chip', 'persona-chip', [h('span', null, shortName(me.person.name)), icon('down')])

const picker = (me, key, className, face) =>
  menuButton({
    key,
    className,
    label: `You are ${me.person.name}. Become somebody else`,
    face,
    title: 'You are',
    items: me.lab.personas.map((persona) => ({
      key: persona.id,
      checked: persona.id === me.person.id,
      content: [
        avatar(persona),
        h(
          'span.menu-words',
          null,
          h('strong', null, persona.name),
          h('span.muted', null, can(persona.roles)),
        ),
      ],
      onPick: () => switchTo(persona),
    })),
  })

const can = (roles) => {
  const known = roles.filter((role) => roleWords[role]).map((role) => roleWords[role])
  return known.length > 0 ? listOf(known) : roles.join(', ')
}

export async function switchTo(persona) {
  try {
    await become(persona.id)
    announce(`You are ${persona.name} now.`)
  } catch (error) {
    announce(problemOf(error).detail)
  }
}

/** Personas who could vote where `me` was refused. */
export const whoElseApproves = (me) =>
  (me?.lab?.personas ?? []).filter(
    (persona) => persona.id !== me.person?.id && persona.roles.includes('approver'),
  )
