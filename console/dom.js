/** Elements without a framework: `h` makes them, `morph` brings what is on the page in line with them, in place. */

const svgSpace = 'http://www.w3.org/2000/svg'

/**
 * Makes an element: `h('p.muted', { title: 'x' }, 'text')`. Children that are strings become text nodes, so nothing in
 * them is ever read as markup. `on…` props are set as properties; null, undefined and false leave an attribute out.
 * @param {string} spec tag and classes, such as `div.card.open`
 * @param {Record<string, any> | null} [props]
 * @param {...any} children
 * @returns {HTMLElement}
 */
export function h(spec, props, ...children) {
  const [tag, ...classes] = spec.split('.')
  const element = document.createElement(tag || 'div')
  if (classes.length > 0) element.className = classes.join(' ')
  for (const [name, value] of Object.entries(props ?? {})) setProp(element, name, value)
  append(element, children)
  return element
}

function setProp(element, name, value) {
  if (value === null || value === undefined || value === false) return
  if (name.startsWith('on')) element[name] = value
  else if (name === 'class') element.className = `${element.className} ${value}`.trim()
  else if (name === 'vars') {
    // Through the object model, because the page's policy forbids style attributes.
    for (const [key, each] of Object.entries(value)) element.style.setProperty(`--${key}`, String(each))
  } else if (name === 'value') element.value = value
  else element.setAttribute(name, value === true ? '' : String(value))
}

export function append(parent, children) {
  for (const child of children.flat(Number.POSITIVE_INFINITY)) {
    if (child === null || child === undefined || child === false || child === '') continue
    parent.append(child instanceof Node ? child : String(child))
  }
}

/** @param {string} name @param {Record<string, string>} attributes @param {...Node} children */
export function svg(name, attributes, ...children) {
  const element = document.createElementNS(svgSpace, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

/** Makes `parent` hold exactly `children`, changing what is there instead of replacing it: focus, scroll and open details stay. */
export function mount(parent, ...children) {
  const wanted = document.createDocumentFragment()
  append(wanted, children)
  morphChildren(parent, wanted)
}

const keyOf = (node) => node.dataset?.key

const alike = (one, other) =>
  one.nodeType === other.nodeType && one.nodeName === other.nodeName && keyOf(one) === keyOf(other)

function morph(from, to) {
  if (from.nodeType === Node.TEXT_NODE) {
    if (from.data !== to.data) from.data = to.data
    return
  }
  if (from.nodeType !== Node.ELEMENT_NODE) return
  syncAttributes(from, to)
  syncHandlers(from, to)
  // An island draws its own content.
  if (!from.hasAttribute('data-island')) morphChildren(from, to)
}

function morphChildren(parent, wanted) {
  const wantedNodes = [...wanted.childNodes]
  const keys = new Set(wantedNodes.map(keyOf).filter(Boolean))
  const kept = new Map()
  let child = parent.firstChild
  while (child) {
    const next = child.nextSibling
    const key = keyOf(child)
    // What goes, goes first: what stays then needs no move, and a move would lose its focus.
    if (key && !keys.has(key)) child.remove()
    else if (key) kept.set(key, child)
    child = next
  }
  let at = parent.firstChild
  for (const child of wantedNodes) {
    const key = keyOf(child)
    const match = key ? kept.get(key) : at && !keyOf(at) ? at : null
    if (!match || !alike(match, child)) parent.insertBefore(child, at)
    else {
      if (match === at) at = at.nextSibling
      else parent.insertBefore(match, at)
      morph(match, child)
    }
  }
  while (at) {
    const gone = at
    at = at.nextSibling
    gone.remove()
  }
}

function syncAttributes(from, to) {
  for (const name of from.getAttributeNames()) {
    const kept =
      name === 'style' || (name === 'open' && (from.nodeName === 'DETAILS' || from.nodeName === 'DIALOG'))
    if (!kept && !to.hasAttribute(name)) from.removeAttribute(name)
  }
  for (const { name, value } of to.attributes) {
    if (name !== 'style' && from.getAttribute(name) !== value) from.setAttribute(name, value)
  }
  const style = to.style?.cssText ?? ''
  if (from.style && from.style.cssText !== style) from.style.cssText = style
  if (from instanceof HTMLInputElement && (from.type === 'radio' || from.type === 'checkbox'))
    from.checked = to.checked
}

const handlers = [
  'onclick',
  'oninput',
  'onchange',
  'onsubmit',
  'onkeydown',
  'onscroll',
  'ontoggle',
  'onfocusout',
]

function syncHandlers(from, to) {
  for (const name of handlers) if (from[name] !== to[name]) from[name] = to[name]
}
