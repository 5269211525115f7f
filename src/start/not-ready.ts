import { createHash } from 'node:crypto'
import type { RequestListener } from 'node:http'

/** What is answered before anything can be: a problem for programs, and for browsers a page that waits and looks again by itself. */
export const notReady: RequestListener = (request, response) => {
  const common = { 'retry-after': '1', 'x-api-version': '1', 'cache-control': 'no-store' }
  if (request.method === 'GET' && request.headers.accept?.includes('text/html') === true) {
    response.writeHead(503, {
      ...common,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src '${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    })
    response.end(page)
    return
  }
  response.writeHead(503, { ...common, 'content-type': 'application/problem+json' })
  response.end(JSON.stringify(problem))
}

const problem = {
  type: 'about:blank',
  title: 'Starting',
  status: 503,
  detail: 'Suture is starting.',
  code: 'unavailable',
  remedy: 'Try again in a moment.',
}

const style = `
  :root { color-scheme: light dark }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1rem/1.5 system-ui, sans-serif;
    background: light-dark(#f7f7f5, #161719); color: light-dark(#22242a, #e6e6e3) }
  main { padding: 2rem; text-align: center }
  h1 { font-size: 1.25rem; font-weight: 600; margin: 0 0 .25rem }
  p { margin: 0; color: light-dark(#5b5f68, #a3a6ad) }
`
const styleHash = `sha256-${createHash('sha256').update(style).digest('base64')}`

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="1">
<title>Suture is starting</title>
<style>${style}</style>
</head>
<body>
<main role="status">
<h1>Suture is starting</h1>
<p>This page opens by itself in a moment.</p>
</main>
</body>
</html>
`
