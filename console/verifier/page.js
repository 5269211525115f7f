import { tellVerdict } from '../../src/domain/log/tell-verdict.ts'
import { judge, lackOf, readKeys } from './judge.js'

/** What the reader gives, and what is shown. Every change judges the file anew; the last one counts. */

const el = (id) => document.getElementById(id)
const state = { file: null, turn: 0, isNew: false }
const lacking = lackOf()

const signs = {
  good: ['M20 6.500 9.500 17.500 4.500 12.500'],
  unsure: ['M12 3.500 21.500 20h-19z', 'M12 10v4.500', 'M12 17.250v.01'],
  bad: [
    'M12 2.750a9.250 9.250 0 1 0 0 18.500 9.250 9.250 0 0 0 0-18.500z',
    'm8.750 8.750 6.500 6.500',
    'm15.250 8.750-6.500 6.500',
  ],
}
const tones = { good: 'tone-good', unsure: 'tone-warning', bad: 'tone-bad' }

const counted = (number) => number.toLocaleString('en')
const sized = (bytes) =>
  bytes < 1_000
    ? `${bytes} bytes`
    : bytes < 1e6
      ? `${(bytes / 1e3).toFixed(0)} kB`
      : bytes < 1e9
        ? `${(bytes / 1e6).toFixed(1)} MB`
        : `${(bytes / 1e9).toFixed(2)} GB`

async function run() {
  const turn = ++state.turn
  const { file } = state
  const keys = readKeys(el('key').value)
  el('key-error').hidden = keys.ok
  el('key-error').textContent = keys.ok ? '' : `Not a key: ${keys.problem}.`
  if (file === null) return
  el('verdict').hidden = true
  if (!keys.ok) {
    el('work').hidden = true
    return
  }
  el('work').hidden = false
  el('bar').value = 0
  el('work-text').textContent = 'Reading…'
  const lack = await lacking
  const kept = el('saved').value.trim()
  const options = {
    pinned: keys.keys,
    saved: kept === '' ? null : `${kept.replaceAll('\r', '')}\n`,
    canSign: lack === '',
  }
  try {
    const verdict = await judge(file, options, (bytes, entries) => {
      if (turn !== state.turn) return false
      el('bar').value = bytes / Math.max(file.size, 1)
      el('work-text').textContent = `${counted(entries)} entries, ${sized(bytes)} of ${sized(file.size)}`
      return true
    })
    if (turn === state.turn && verdict !== null) show(verdict, lack)
  } catch (error) {
    if (turn === state.turn)
      showTold(
        { tone: 'bad', headline: "The file can't be read.", sentences: [String(error?.message ?? error)] },
        [],
      )
  }
}

function show(verdict, lack) {
  const told = tellVerdict(verdict)
  if (!verdict.ok || lack === '') return showTold(told)
  showTold({
    ...told,
    tone: 'unsure',
    headline: 'The tree fits. The signatures were not checked.',
    sentences: [`That is no verdict: ${lack}. Use a newer browser, or suture audit verify.`],
  })
}

function showTold({ tone, headline, sentences, facts = [] }) {
  el('work').hidden = true
  const verdict = el('verdict')
  verdict.className = `panel ${tones[tone]}`
  verdict.dataset.tone = tone
  el('headline').textContent = headline
  el('sentences').replaceChildren(
    ...sentences.map((sentence) => {
      const said = document.createElement('p')
      // A hash or a key is no word.
      said.append(
        ...sentence
          .split(/(\S{40,})/)
          .map((part) => (part.length < 40 || part.includes(' ') ? part : element('code', part))),
      )
      return said
    }),
  )
  el('facts').replaceChildren(
    ...facts.flatMap(([name, value]) => [
      element('dt', name),
      element('dd', value, /\S{40,}/.test(value) ? 'code' : ''),
    ]),
  )
  el('facts').hidden = facts.length === 0
  el('sign').replaceChildren(
    ...signs[tone].map((path) => {
      const drawn = document.createElementNS('http://www.w3.org/2000/svg', 'path')
      drawn.setAttribute('d', path)
      return drawn
    }),
  )
  verdict.hidden = false
  // On a phone it stands below what was touched last.
  if (state.isNew) verdict.scrollIntoView({ block: 'nearest' })
  state.isNew = false
}

const element = (name, text, style = '') => {
  const made = document.createElement(name)
  made.textContent = String(text)
  if (style !== '') made.className = style
  return made
}

function take(file) {
  if (file === undefined || file === null) return
  state.file = file
  state.isNew = true
  el('drop-title').textContent = file.name
  el('drop-hint').textContent = `${sized(file.size)} · drop or choose another`
  void run()
}

el('file').addEventListener('change', () => {
  take(el('file').files[0])
  // So that the same file, changed meanwhile, can be chosen again.
  el('file').value = ''
})
for (const field of ['key', 'saved']) el(field).addEventListener('input', () => void run())
addEventListener('dragover', (event) => {
  event.preventDefault()
  document.body.classList.add('over')
})
addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) document.body.classList.remove('over')
})
addEventListener('drop', (event) => {
  event.preventDefault()
  document.body.classList.remove('over')
  take(event.dataTransfer.files[0])
})

void lacking.then((lack) => {
  el('lack').hidden = lack === ''
  el('lack').textContent =
    `Signatures can't be checked here: ${lack}. Chrome and Edge 137, Firefox 129 and Safari 17 can.`
})
// What a browser kept in the fields from before counts too.
void run()
