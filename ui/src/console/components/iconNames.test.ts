import { expect, it } from 'vitest'
import { byName } from '@shared/icons'
import { iconNames } from './iconNames'

it('names every icon in French, each by a name of its own', () => {
  expect(Object.keys(iconNames).sort()).toEqual(Object.keys(byName).sort())
  expect(new Set(Object.values(iconNames)).size).toBe(Object.keys(byName).length)
})
