import { describe, expect, it } from 'vitest'
import { cellsOf, fieldsOf, instalments, rowsOf, textOf } from './rows'

const schema = {
  required: ['numero', 'montant'],
  properties: {
    montant: { type: 'integer', title: 'Montant dû', 'x-monnaie': 'EUR' },
    numero: { type: 'string', title: 'Numéro de facture' },
    echeance: { type: 'string', format: 'date', title: "Date d'échéance" },
    nature: { type: 'string', enum: ['avoir'], 'x-libelles': { avoir: 'Avoir émis' } },
    taux: { type: 'string', format: 'decimal', title: 'Taux' },
    pieces: { type: 'array', title: 'Pièces' },
  },
  allOf: [{ then: { properties: { kwh: { type: 'integer', title: 'Consommation' } } } }],
}
const fields = fieldsOf(schema, { 'ui:order': ['numero', 'montant', '*'] })

describe('lines read from a table', () => {
  it('follows the order of the form, and leaves out what a cell cannot say', () => {
    expect(fields.map(({ cle }) => cle)).toEqual(['numero', 'montant', 'echeance', 'nature', 'taux', 'kwh'])
  })

  it('reads amounts, dates, choices and rates as people write them', () => {
    expect(rowsOf('F1\t1 234,56 €\t12/03/2026\tavoir émis\t3,5 %\n\nF2\t10', fields).lignes).toEqual([
      { numero: 'F1', montant: 123456, echeance: '2026-03-12', nature: 'avoir', taux: '3.5' },
      { numero: 'F2', montant: 1000 },
    ])
  })

  it('takes the order of the titles, and says which it does not know', () => {
    const { lignes, inconnus } = rowsOf('\uFEFFDate d’échéance;Client;montant du\r\n01/02/2026;Roux;"12,5"\r\n', fields)
    expect(lignes).toEqual([{ echeance: '2026-02-01', montant: 1250 }])
    expect(inconnus).toEqual(['Client'])
  })

  it('keeps what it cannot read, for the form to refuse', () => {
    expect(rowsOf('F1\tbeaucoup\t31/02/2026', fields).lignes).toEqual([{ numero: 'F1', montant: 'beaucoup', echeance: '31/02/2026' }])
  })

  it('reads cells in quotes', () => {
    expect(cellsOf('a;"b ""c"";\nd"\ne')).toEqual([['a', 'b "c";\nd'], ['e']])
  })
})

describe('instalments', () => {
  const plan = { total: 100_00, nombre: 3, premiere: '2026-01-31', rythme: 'mois' } as const

  it('share out the whole, on the last day of a shorter month', () => {
    expect(instalments(plan)).toEqual([
      { jour: '2026-01-31', montant: 33_33 },
      { jour: '2026-02-28', montant: 33_33 },
      { jour: '2026-03-31', montant: 33_34 },
    ])
    expect(instalments({ ...plan, rythme: 'semaine' }).at(-1)?.jour).toBe('2026-02-14')
  })

  it('are read back as they were laid out', () => {
    const [, montant, echeance] = fields
    if (!montant || !echeance) throw new Error('fields')
    expect(rowsOf(textOf(plan, echeance, montant), fields).lignes[2]).toEqual({ echeance: '2026-03-31', montant: 33_34 })
  })
})
