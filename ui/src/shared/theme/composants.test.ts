import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const CORE = 'node_modules/@mantine/core'
const read = (path: string): string => readFileSync(path, 'utf8')

/** What the sources of some folders import by name from Mantine. */
function imported(...folders: string[]): Set<string> {
  const names = new Set<string>()
  for (const folder of folders) {
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(tsx?|js)$/.test(file)) continue
      for (const [, list = ''] of read(join(folder, file)).matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)) {
        for (const name of list.split(',')) names.add(name.trim().split(' as ')[0] ?? '')
      }
    }
  }
  return names
}

/** Sheets of Mantine that these names need, their own and those of the components they are made of. */
function needed(names: Set<string>): Set<string> {
  const barrel = read(`${CORE}/esm/index.mjs`)
  const modules = new Map<string, string>()
  for (const [, list = '', path = ''] of barrel.matchAll(/(?:import|export) \{([^}]*)\} from "([^"]+)"/g)) {
    for (const name of list.split(',')) modules.set(name.trim().split(' as ').pop() ?? '', path)
  }
  const sheets = new Set<string>()
  const seen = new Set<string>()
  const walk = (file: string): void => {
    if (seen.has(file) || !existsSync(file)) return
    seen.add(file)
    const sheet = /\/(\w+)\.module\.mjs$/.exec(file)?.[1]
    if (sheet && existsSync(`${CORE}/styles/${sheet}.layer.css`)) sheets.add(sheet)
    for (const [, path = ''] of read(file).matchAll(/from "(\.[^"]+)"/g)) walk(resolve(dirname(file), path))
  }
  for (const name of names) {
    const path = modules.get(name)
    if (path) walk(resolve(CORE, 'esm', path))
  }
  return sheets
}

const listed = (...files: string[]): string[] =>
  files.flatMap((file) => [...read(file).matchAll(/@mantine\/core\/styles\/([A-Z]\w*)\.layer\.css/g)].map(([, name = '']) => name))

const PORTAL = ['src/portal/styles.css', 'src/shared/theme/composants.css']

describe('the sheets of Mantine that the portal loads', () => {
  it('are those of the components it uses, no more and no less', () => {
    expect(listed(...PORTAL).sort()).toEqual([...needed(imported('src/portal', 'src/shared'))].sort())
  })

  it('are, in a form, those of its widgets too', () => {
    const all = needed(imported('src/portal', 'src/shared', 'node_modules/@rjsf/mantine/lib'))
    expect(listed(...PORTAL, 'src/shared/form/composants.css').sort()).toEqual([...all].sort())
  })

  it('are found through the components that a component is made of', () => {
    expect([...needed(new Set(['Select']))]).toContain('Combobox')
    expect(needed(new Set(['Absent']))).toEqual(new Set())
  })
})
