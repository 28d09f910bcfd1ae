import { expect, test } from 'vitest'
import { bellOf } from './bellOf'

test.each([
  [0, '0', 'Notifications'],
  [1, '1', 'Notifications, 1 non lue'],
  [99, '99', 'Notifications, 99 non lues'],
  [107, '99+', 'Notifications, 99+ non lues'],
])('the bell of %i unread', (unread, nombre, nom) => {
  const told = bellOf(unread)
  expect([told.nombre, told.nom.replaceAll(/\s/g, ' ')]).toEqual([nombre, nom])
})
