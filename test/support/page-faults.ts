/**
 * An expression for the page: what a person who can't see, or has a small screen, would stumble over, a sentence each. It is
 * text because the types of this project know no DOM, so that no room can reach for it.
 */
export const pageFaults = `(() => {
  const faults = []
  const visible = (element) => element.checkVisibility({ visibilityProperty: true }) === true
  const say = (element) => element.outerHTML.slice(0, 120)
  const byId = (id) => (id ? document.getElementById(id) : null)
  const nameOf = (element) =>
    (
      element.getAttribute('aria-label') ??
      byId(element.getAttribute('aria-labelledby'))?.textContent ??
      (Array.from(element.labels ?? [], (label) => label.textContent).join('') || element.textContent)
    ).trim()
  const named = 'a, button, input, textarea, select, [role=progressbar], [role=meter], dialog, article'
  for (const element of document.querySelectorAll(named)) {
    if (visible(element) && nameOf(element) === '') faults.push('no name: ' + say(element))
  }
  for (const image of document.querySelectorAll('img:not([alt])')) faults.push('no alt: ' + say(image))
  for (const image of document.querySelectorAll('svg[role=img]'))
    if ((image.getAttribute('aria-label') ?? '') === '') faults.push('no alt: ' + say(image))
  const ids = Array.from(document.querySelectorAll('[id]'), (element) => element.id)
  for (const id of new Set(ids.filter((each, at) => ids.indexOf(each) !== at))) faults.push('id twice: ' + id)
  for (const name of ['aria-labelledby', 'aria-describedby', 'aria-controls']) {
    for (const element of document.querySelectorAll('[' + name + ']')) {
      if (!element.getAttribute(name).split(' ').every(byId)) faults.push(name + ' leads nowhere: ' + say(element))
    }
  }
  const headings = [...document.querySelectorAll('h1')].filter(visible).length
  if (headings !== 1 && !document.querySelector('main .empty')) faults.push(headings + ' first headings')
  if (document.querySelectorAll('main').length !== 1) faults.push('not one main')
  if (document.documentElement.scrollWidth > innerWidth) faults.push('wider than the window')
  for (const element of document.querySelectorAll('main *, aside *, header *')) {
    const box = element.getBoundingClientRect()
    if (!visible(element) || box.width <= 1 || box.right <= 0 || element.closest('pre, .log-scroll, .quiet'))
      continue
    const frame = element.ownerSVGElement?.getBoundingClientRect()
    if (box.right > innerWidth + 1) faults.push('cut off: ' + say(element))
    else if (frame !== undefined) {
      if (box.left < frame.left - 1 || box.right > frame.right + 1) faults.push('leaves its picture: ' + say(element))
    }
    else if (
      element.clientWidth > 0 &&
      element.scrollWidth > element.clientWidth + 1 &&
      getComputedStyle(element).overflowX === 'visible'
    )
      faults.push('text spills: ' + say(element))
  }
  return faults
})()`
