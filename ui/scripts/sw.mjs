// Builds dist/sw.js: the portal's service worker, with the list of every file of the portal. Run after `vite build`.
// Our own few lines rather than vite-plugin-pwa, which brings Rollup and some 350 packages for the same result.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { build } from 'vite'

const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/portail.json', dist), 'utf8'))
// Loaded when a PDF is opened, then kept by the browser like any file: too heavy for a first visit.
const ON_DEMAND = /PdfPages|pdf\.worker|DocxPages/

const files = new Set()
const seen = new Set()
const walk = (key) => {
  const chunk = manifest[key]
  if (!chunk || seen.has(key) || ON_DEMAND.test(key)) return
  seen.add(key)
  for (const name of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) files.add(name)
  for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) walk(next)
}
walk('index.html')

const revision = (name) => createHash('sha256').update(readFileSync(new URL(name, dist))).digest('hex').slice(0, 16)
const precache = [
  // Names under assets/ hold their own hash.
  ...[...files].filter((name) => name.startsWith('assets/')).sort().map((name) => ({ url: `/${name}`, revision: null })),
  ...['index.html', 'favicon.svg', 'portail.webmanifest'].map((name) => ({ url: `/${name}`, revision: revision(name) })),
]

const version = createHash('sha256').update(JSON.stringify(precache)).digest('hex').slice(0, 16)

await build({
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  define: { PRECACHE: JSON.stringify(precache), VERSION: JSON.stringify(version), 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: dist.pathname,
    emptyOutDir: false,
    rolldownOptions: {
      input: new URL('../src/sw/sw.ts', import.meta.url).pathname,
      output: { format: 'iife', entryFileNames: 'sw.js' },
    },
  },
})
console.log(`sw.js : ${precache.length} fichiers en réserve`)
