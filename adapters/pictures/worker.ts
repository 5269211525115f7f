import { fileURLToPath } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { Resvg } from '@resvg/resvg-js'

/** The thread of `rasterize.ts`: one SVG in, one PNG out. Fonts of the machine are left alone: there may be none, or others. */

const fontFile = (name: string): string =>
  fileURLToPath(import.meta.resolve(`@expo-google-fonts/inter/${name}.ttf`))

/** Twice, for screens with small pixels. */
const scale = 2

if (typeof workerData === 'string') {
  const image = new Resvg(workerData, {
    fitTo: { mode: 'zoom', value: scale },
    font: {
      fontFiles: [fontFile('400Regular/Inter_400Regular'), fontFile('700Bold/Inter_700Bold')],
      loadSystemFonts: false,
      defaultFontFamily: 'Inter',
    },
  }).render()
  parentPort?.postMessage(Uint8Array.from(image.asPng()))
}
