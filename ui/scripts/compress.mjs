// Writes file.gz and file.br next to every text asset of dist/, for the API to serve as is.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const TEXT = /\.(js|mjs|css|html|svg|json|webmanifest)$/
const dist = new URL('../dist', import.meta.url).pathname
const WAYS = {
  gz: (bytes) => gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }),
  br: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
}

let before = 0
const after = { gz: 0, br: 0 }
for (const name of readdirSync(dist, { recursive: true })) {
  const path = join(dist, name)
  if (!TEXT.test(name) || name.startsWith('.vite') || !statSync(path).isFile()) continue
  const bytes = readFileSync(path)
  before += bytes.length
  for (const [way, pack] of Object.entries(WAYS)) {
    const packed = pack(bytes)
    after[way] += Math.min(packed.length, bytes.length)
    if (packed.length < bytes.length) writeFileSync(`${path}.${way}`, packed)
  }
}
const kB = (size) => Math.round(size / 1000)
console.log(`${kB(before)} ko → gzip ${kB(after.gz)} ko, brotli ${kB(after.br)} ko`)
