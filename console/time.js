import { h } from './dom.js'

/** Times in the reader's own zone and words; the whole instant is always in the title. */

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' })
const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })
const clockSeconds = new Intl.DateTimeFormat(undefined, {
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
})
const dayAndSeconds = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
})
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: 'numeric',
  minute: '2-digit',
})
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })

const dateOf = (at) => new Date(at)
const sameDay = (one, other) => one.toDateString() === other.toDateString()

const forms = {
  clock: (at) => (sameDay(at, new Date()) ? clock.format(at) : dayAndClock.format(at)),
  time: (at) => clockSeconds.format(at),
  seconds: (at) => (sameDay(at, new Date()) ? clockSeconds.format(at) : dayAndSeconds.format(at)),
  age: (at) => ageOf(Date.now() - at.getTime()),
  ago: (at) => agoOf(Date.now() - at.getTime()),
}

/** A `<time>` in one of the forms: `clock` 14:03, `seconds` 14:03:07, both with the day where it is another; `time` 14:03:07 where the day stands beside it; `age` 4m, `ago` 4 min ago (or in 4 min). */
export function timeOf(at, form = 'clock') {
  const date = dateOf(at)
  if (Number.isNaN(date.getTime())) return h('span', null, String(at))
  return h(
    'time',
    { datetime: date.toISOString(), title: absolute.format(date), 'data-form': form },
    forms[form](date),
  )
}

export const dayOf = (at) => {
  const date = dateOf(at)
  if (sameDay(date, new Date())) return 'Today'
  if (sameDay(date, new Date(Date.now() - 86_400_000))) return 'Yesterday'
  return day.format(date)
}

/** @param {number} ms */
export function ageOf(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return 'now'
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}

/** @param {number} ms positive for the past */
export function agoOf(ms) {
  if (Math.abs(ms) < 10_000) return 'just now'
  // Nobody needs the seconds of something minutes away.
  const coarse = Math.abs(ms) < 60_000 ? 1_000 : 60_000
  const words = durationOf(Math.floor(Math.abs(ms) / coarse) * coarse)
  return ms >= 0 ? `${words} ago` : `in ${words}`
}

/** `400 ms`, `8 s`, `4 min`, `2 h 5 min`, `3 d`. @param {number} ms */
export function durationOf(ms) {
  if (ms > 0 && ms < 1_000) return `${Math.round(ms)} ms`
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 600)
    return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) {
    const minutes = Math.floor((seconds % 3_600) / 60)
    return minutes === 0
      ? `${Math.floor(seconds / 3_600)} h`
      : `${Math.floor(seconds / 3_600)} h ${minutes} min`
  }
  return `${Math.floor(seconds / 86_400)} d`
}

export const between = (start, end) =>
  durationOf(dateOf(end ?? Date.now()).getTime() - dateOf(start).getTime())

/** Keeps every relative time on the page true, without drawing anything else. */
export function keepTimesTrue() {
  setInterval(() => {
    for (const element of document.querySelectorAll('time[data-form="age"], time[data-form="ago"]')) {
      const words = forms[element.dataset.form](new Date(element.dateTime))
      if (element.textContent !== words) element.textContent = words
    }
  }, 5_000)
}
