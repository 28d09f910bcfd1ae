import { expect, test } from 'vitest'
import { refusalsOf } from './Deposit'

const rules = { formats: ['pdf', 'png'], tailleMaxMo: 10 }
const file = (nom: string, contenu = 'x'): File => new File([contenu], nom)
const plain = (texts: string[]): string[] => texts.map((text) => text.replaceAll(/\s/g, ' '))

test('of several files, those that cannot be sent are named with their reason', () => {
  expect(plain(refusalsOf([file('a.exe'), file('été.pdf'), file('b.html'), file('vide.pdf', '')], rules))).toEqual([
    '« a.exe », « b.html » : ce type de fichier n’est pas accepté. Envoyez PDF ou PNG.',
    '« vide.pdf » : ce fichier est vide. Choisissez-en un autre.',
  ])
  expect(refusalsOf([file('été.pdf')], rules)).toEqual([])
})

test('a photo as an iPhone keeps it: its owner is told how to send it all the same', () => {
  expect(plain(refusalsOf([file('IMG_0412.HEIC')], rules))).toEqual([
    'Cette photo est au format HEIC des iPhone, que nous ne lisons pas : touchez « Prendre une photo », ou envoyez-en une capture d’écran.',
  ])
})

test('the only file chosen needs no name', () => {
  expect(plain(refusalsOf([file('a.exe')], rules))).toEqual(['Ce type de fichier n’est pas accepté. Envoyez PDF ou PNG.'])
})
