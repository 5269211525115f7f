import { append, h, mount } from './dom.js'
import { connect } from './events.js'
import { read, subscribe, write } from './store.js'
import { banners } from './views/banners.js'
import { guideBar } from './views/guide.js'
import { rail } from './views/rail.js'
import { sidebar, topbar } from './views/sidebar.js'

/** The frame around every page: banners, sidebar, the list of incidents, and the page itself. */

/** A break shorter than this is not worth a word. */
const patienceMs = 1_500

export function startShell(app, bannerPlace) {
  const top = h('header.topbar')
  const side = h('aside.sidebar', { id: 'sidebar', 'aria-label': 'Suture' })
  const list = h('section.rail', { 'aria-label': 'Incidents' })
  const main = h('main.main', { id: 'main', tabindex: '-1' })
  const guide = h('div.guide-place')
  const middle = h('div.middle', null, guide, main)
  const veil = h('div.veil', { onclick: () => write({ drawer: false }) })
  app.replaceChildren()
  app.className = 'app'
  append(app, [top, side, list, middle, veil])

  let broken = false
  let patience = 0
  const narrow = matchMedia('(max-width: 1099px)')

  const draw = () => {
    const state = read()
    const signedIn = state.me?.signedIn === true
    app.dataset.page = signedIn ? (state.route?.name ?? 'home') : 'sign-in'
    app.dataset.drawer = state.drawer ? 'open' : 'closed'
    mount(bannerPlace, banners(state, broken))
    mount(top, topbar(state))
    mount(side, signedIn ? sidebar(state) : [])
    mount(list, signedIn ? rail(state) : [])
    mount(guide, signedIn ? guideBar(state) : [])
    side.inert = narrow.matches && !state.drawer
    list.inert = middle.inert = narrow.matches && state.drawer
  }
  subscribe((state) => {
    if (state.connection !== 'broken') {
      clearTimeout(patience)
      patience = 0
      broken = false
    } else if (!broken && patience === 0) {
      patience = setTimeout(() => {
        broken = read().connection === 'broken'
        draw()
      }, patienceMs)
    }
    draw()
  })
  narrow.addEventListener('change', draw)
  addEventListener('online', connect)
  draw()
}
