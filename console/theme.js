// Runs before the first paint, so that the page never flashes in the other theme.
{
  const root = document.documentElement
  const chosen = (() => {
    try {
      return localStorage.getItem('suture.theme')
    } catch {
      return null
    }
  })()
  if (chosen === 'light' || chosen === 'dark') root.dataset.theme = chosen
}
