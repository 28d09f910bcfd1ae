// Writes file.gz next to every text asset of dist/, for the API to serve as is.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { constants, gzipSync } from 'node:zlib'

const TEXT = /\.(js|mjs|css|html|svg|json|webmanifest)$/
const dist = new URL('../dist', import.meta.url).pathname

let before = 0
let after = 0
for (const name of readdirSync(dist, { recursive: true })) {
  const path = join(dist, name)
  if (!TEXT.test(name) || name.startsWith('.vite') || !statSync(path).isFile()) continue
  const bytes = readFileSync(path)
  const packed = gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION })
  if (packed.length >= bytes.length) continue
  writeFileSync(`${path}.gz`, packed)
  before += bytes.length
  after += packed.length
}
console.log(`gzip : ${Math.round(before / 1000)} ko → ${Math.round(after / 1000)} ko`)
