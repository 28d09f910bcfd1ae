import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** In development, deep links under /console answer console.html, as the API does in production. */
function consoleFallback(): Plugin {
  return {
    name: 'console-fallback',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const path = (request.url ?? '').split('?')[0] ?? ''
        if (path === '/console' || (path.startsWith('/console/') && !path.includes('.'))) {
          request.url = '/console.html'
        }
        next()
      })
    },
  }
}

/** Colours of Mantine that the portal names nowhere: it uses those of tokens.css. */
const UNUSED = /^--mantine-color-(pink|grape|violet|indigo|cyan|lime|orange|yellow|teal|green)-/

/** Takes them out of what every visitor loads first. */
const firstSheet = {
  postcssPlugin: 'first-sheet',
  Declaration(declaration: { prop: string; source?: { input: { file?: string } }; remove: () => void }): void {
    if (declaration.source?.input.file?.endsWith('default-css-variables.layer.css') && UNUSED.test(declaration.prop)) declaration.remove()
  },
}

const PAGES = { portail: './index.html', console: './console.html' }

/** Each application is built by itself (`--mode portail`, then `--mode console`): nobody opens both, and what one shows first is one file. */
export default defineConfig(({ mode }) => ({
  plugins: [react(), consoleFallback()],
  css: { postcss: { plugins: [firstSheet] } },
  resolve: {
    alias: [
      { find: '@shared', replacement: here('./src/shared') },
      // rjsf imports ajv for its own tests only; ajv needs `unsafe-eval`, which our CSP forbids.
      { find: /^@rjsf\/validator-ajv8$/, replacement: here('./src/shared/form/no-ajv.ts') },
    ],
  },
  build: {
    outDir: 'dist',
    emptyOutDir: mode === 'portail',
    manifest: `.vite/${mode}.json`,
    modulePreload: { polyfill: false },
    // Data: addresses would need a wider CSP, so every asset is a file.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: here(mode === 'console' ? PAGES.console : PAGES.portail),
      output: {
        codeSplitting: {
          groups: [
            { name: 'socle', tags: ['$initial'], priority: 1 },
            // Code of several pages: few files, as each one costs a request, and none that a page does not need in the main.
            { name: 'commun', minShareCount: 2, entriesAware: true },
          ],
        },
      },
    },
  },
  // So that the alias above holds in tests too.
  test: { server: { deps: { inline: [/@rjsf/] } } },
  server: { proxy: { '/api': process.env.ELASKA_API_URL ?? 'http://127.0.0.1:8000' } },
}))
