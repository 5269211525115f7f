import { Worker } from 'node:worker_threads'

/** SVG to PNG in a thread of its own: it takes some 100 ms of pure arithmetic, and a thread can be ended in the middle of it. */
export const rasterize = async (svg: string, signal: AbortSignal): Promise<Uint8Array> => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: svg })
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  const abort = (): void => reject(new Error('it was called off', { cause: signal.reason }))
  worker.once('message', (png: Uint8Array) => resolve(png))
  worker.once('error', reject)
  worker.once('exit', (code) => reject(new Error(`the thread that draws ended with ${code}`)))
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', abort)
    await worker.terminate()
  }
}
