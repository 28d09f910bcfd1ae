// First load of the portal: page, entry chunk, its static imports, their CSS, and the fonts it uses.
// gzip -9, 1 kB = 1000 bytes. Fails over the budget (issue 2: < 200 kB).
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const BUDGET = 200_000
const dist = new URL('../dist/', import.meta.url)
const read = (name) => readFileSync(new URL(name, dist))
const gz = (name) => gzipSync(read(name), { level: 9 }).length

const console_ = process.argv.includes('--console')
const manifest = JSON.parse(read(`.vite/${console_ ? 'console' : 'portail'}.json`).toString())
const entry = console_ ? 'console.html' : 'index.html'

const scripts = new Set()
const styles = new Set()
const walk = (key) => {
  const chunk = manifest[key]
  if (!chunk || scripts.has(chunk.file)) return
  scripts.add(chunk.file)
  for (const css of chunk.css ?? []) styles.add(css)
  for (const next of chunk.imports ?? []) walk(next)
}
walk(entry)

// Every font named by the first-load CSS is counted, used on the first screen or not. woff2 is already packed.
const fonts = new Set()
for (const css of styles) {
  for (const [, name] of read(css).toString().matchAll(/url\((?:\.?\/)?(?:assets\/)?([^)]+\.woff2)\)/g)) {
    fonts.add(`assets/${name.split('/').pop()}`)
  }
}

const lines = [
  ['page', [entry], gz],
  ['scripts', [...scripts], gz],
  ['styles', [...styles], gz],
  ['polices', [...fonts], (name) => read(name).length],
]
let total = 0
for (const [label, names, measure] of lines) {
  let sum = 0
  for (const name of names) {
    const size = measure(name)
    sum += size
    console.log(`  ${(size / 1000).toFixed(1).padStart(7)} kB  ${name}`)
  }
  total += sum
  console.log(`${(sum / 1000).toFixed(1).padStart(9)} kB  ${label}`)
}
const held = total < BUDGET
console.log(`${(total / 1000).toFixed(1).padStart(9)} kB  premier chargement de ${entry}${entry === 'index.html' ? ` (budget ${BUDGET / 1000} kB)` : ''}`)
if (!held && entry === 'index.html') process.exit(1)
