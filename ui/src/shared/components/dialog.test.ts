import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const OURS = ['shared/components/Dialog.tsx', 'shared/components/SideDialog.tsx']

/** Whether a source draws a window of Mantine's, which may lose the focus once closed. */
const bare = (source: string): boolean =>
  [...source.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)].some(([, names = '']) => /\b(Modal|Drawer)\b/.test(names))

describe('windows', () => {
  it('are all ours, which give the focus back', () => {
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'))
    const found = sources.filter((file) => bare(readFileSync(join('src', file), 'utf8')))
    expect(found.sort()).toEqual(OURS)
  })

  it('are seen among other imports', () => {
    expect(bare("import { Button, Modal } from '@mantine/core'")).toBe(true)
    expect(bare("import {\n  Drawer,\n} from '@mantine/core'")).toBe(true)
    expect(bare("import { Button } from '@mantine/core'\nimport { Dialog } from './Dialog'")).toBe(false)
  })
})
