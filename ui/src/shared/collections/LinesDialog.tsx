import { Alert, Button, FileButton, Group, NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { Dialog } from '../components/Dialog'
import '../theme/composants.css'
import { useMediaQuery } from '@mantine/hooks'
import { IconCalendarEvent, IconFileText } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { ApiError, messageOf } from '../api/http'
import type { CollectionView } from '../api/types'
import { parseFrenchDate } from '../form/formats'
import { issuesOf } from '../form/validator'
import { count, NBSP } from '../format'
import { STROKE } from '../icons'
import classes from './Collections.module.css'
import { type Field, fieldsOf, MOST_ROWS, type Plan, rowsOf, textOf } from './rows'
import { useLines } from './useLines'
import { type Format, isNumeric, valueText } from './values'

interface Props {
  demarcheId: string
  collection: CollectionView
  onClose: () => void
}

/** Several lines at once: pasted, taken from a file, or laid out as instalments; all are added, or none (REC-26). */
export default function LinesDialog({ demarcheId, collection, onClose }: Props) {
  const phone = useMediaQuery('(max-width: 759px)', false, { getInitialValueInEffect: false })
  const { add, sending, refus, reset } = useSending(demarcheId, collection.cle, onClose)
  const [text, setText] = useState('')
  const fields = useMemo(() => fieldsOf(collection.schema, collection.ui), [collection.schema, collection.ui])
  const { champs, lignes, inconnus } = useMemo(() => rowsOf(text, fields), [text, fields])
  const faults = useMemo(() => lignes.slice(0, MOST_ROWS).map((ligne) => faultsOf(collection.schema, ligne, fields)), [lignes, collection.schema, fields])
  const wrong = faults.filter((found) => found.length > 0).length
  const type = (value: string): void => {
    reset()
    setText(value)
  }
  const take = (file: File | null): void => {
    if (file) void textOfFile(file).then(type)
  }
  const { echeancier } = collection
  const date = fields.find(({ cle }) => cle === echeancier?.date)
  const montant = fields.find(({ cle }) => cle === echeancier?.montant)
  return (
    <Dialog opened onClose={onClose} title={`Ajouter plusieurs lignes${NBSP}: ${collection.libelle}`} size={760} fullScreen={phone}>
      <div className={classes.several}>
        {date && montant && <Instalments total={echeancier?.total ?? null} onReady={(plan) => type(textOf(plan, date, montant))} />}
        <Textarea
          label="Lignes à ajouter"
          description={`Collez-les depuis un tableur, dans cet ordre${NBSP}: ${fields.map(named).join(', ')}. Une première ligne de titres est reconnue.`}
          value={text}
          onChange={(event) => type(event.currentTarget.value)}
          rows={4}
          spellCheck={false}
          data-autofocus
        />
        <FileButton accept=".csv,.txt,.tsv,text/csv,text/plain" onChange={take}>
          {(props) => (
            <Button {...props} className={classes.take} variant="subtle" size="xs" leftSection={<IconFileText size={16} stroke={STROKE} />}>
              Prendre un fichier CSV
            </Button>
          )}
        </FileButton>
        {inconnus.length > 0 && <p className={classes.note}>Colonnes laissées de côté{NBSP}: {inconnus.join(', ')}.</p>}
        {lignes.length > 0 && (
          <div className={classes.scroll}>
            <table className={classes.table}>
              <caption className="el-hors-vue">Aperçu, {count(lignes.length, 'ligne')}</caption>
              <thead>
                <tr>
                  <th scope="col">Ligne</th>
                  {champs.map(({ cle, titre, schema }) => <th key={cle} scope="col" data-nombre={isNumeric(formatOf(schema)) || undefined}>{titre}</th>)}
                </tr>
              </thead>
              <tbody>
                {lignes.slice(0, MOST_ROWS).map((ligne, index) => {
                  const found = [...(faults[index] ?? []), ...(refus.lignes.get(index) ?? [])]
                  return (
                    // A line read from a text has no name but its rank.
                    <tr key={index} data-faute={found.length > 0 || undefined}>
                      <td data-libelle="Ligne">
                        {index + 1}
                        {found.map((message) => <span key={message} className={classes.fault}>{message}</span>)}
                      </td>
                      {champs.map(({ cle, titre, schema }) => (
                        <td key={cle} data-libelle={titre} data-nombre={isNumeric(formatOf(schema)) || undefined}>{shown(schema, ligne[cle])}</td>
                      ))}
                    </tr>
                  )
                })}
              </tbody>
            </table>
          </div>
        )}
        {lignes.length > MOST_ROWS && <Alert color="red">{MOST_ROWS} lignes au plus à la fois{NBSP}: retirez-en {lignes.length - MOST_ROWS}.</Alert>}
        {refus.message && <Alert color="red" role="alert">{refus.message}</Alert>}
        <Group justify="space-between" wrap="wrap">
          <span role="status" className={classes.note}>{wrong > 0 && `${count(wrong, 'ligne')} à corriger.`}</span>
          <Group gap={8}>
            <Button variant="default" onClick={onClose}>Annuler</Button>
            <Button disabled={lignes.length === 0 || lignes.length > MOST_ROWS || wrong > 0} loading={sending} onClick={() => add(lignes)}>
              {lignes.length > 0 ? `Ajouter ${count(lignes.length, 'ligne')}` : 'Ajouter'}
            </Button>
          </Group>
        </Group>
      </div>
    </Dialog>
  )
}

/** What is wrong with a line, each fault under the name of its field. */
function faultsOf(schema: Record<string, unknown>, ligne: Record<string, unknown>, fields: Field[]): string[] {
  return issuesOf(schema, ligne).map(({ pointer, message }) => {
    const field = fields.find(({ cle }) => `/${cle}` === pointer)
    return field ? `${field.titre}${NBSP}: ${message}` : message
  })
}

const named = ({ titre, obligatoire }: Field): string => (obligatoire ? titre : `${titre} (facultatif)`)

/** A French spreadsheet still saves its CSV in Windows-1252. */
async function textOfFile(file: File): Promise<string> {
  const bytes = await file.arrayBuffer()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

function formatOf(schema: Record<string, unknown>): Format {
  if ('x-monnaie' in schema) return 'montant'
  if (schema.format === 'date') return 'date'
  if (schema.type === 'boolean') return 'booleen'
  if ('x-libelles' in schema) return 'choix'
  return schema.type === 'integer' || schema.type === 'number' ? 'nombre' : 'texte'
}

function shown(schema: Record<string, unknown>, value: unknown): string {
  const format = formatOf(schema)
  // What could not be read is shown as it was typed.
  if (format === 'date' && !/^\d{4}-\d{2}-\d{2}$/.test(String(value))) return String(value ?? '–')
  if (isNumeric(format) && typeof value === 'string') return value
  return valueText(format, value, schema['x-libelles'] as Record<string, string> | undefined)
}

interface Refused {
  message: string
  /** What the server says of each line, by rank. */
  lignes: Map<number, string[]>
}

const NONE: Refused = { message: '', lignes: new Map() }

function useSending(demarcheId: string, collection: string, onDone: () => void) {
  const lines = useLines(demarcheId)
  const [sending, setSending] = useState(false)
  const [refus, setRefus] = useState(NONE)
  const add = (lignes: Record<string, unknown>[]): void => {
    setSending(true)
    lines
      .addAll(collection, lignes)
      .then(onDone)
      .catch((error: unknown) => setRefus(refused(error)))
      .finally(() => setSending(false))
  }
  return { add, sending, refus, reset: () => setRefus(NONE) }
}

function refused(error: unknown): Refused {
  const lignes = new Map<number, string[]>()
  for (const { pointer, detail } of error instanceof ApiError ? error.errors : []) {
    const rank = Number(/^\/lignes\/(\d+)/.exec(pointer)?.[1] ?? NaN)
    if (!Number.isNaN(rank)) lignes.set(rank, [...(lignes.get(rank) ?? []), detail])
  }
  return { message: messageOf(error), lignes }
}

const RHYTHMS = [
  { value: 'mois', label: 'Tous les mois' },
  { value: 'quinzaine', label: 'Tous les quinze jours' },
  { value: 'semaine', label: 'Toutes les semaines' },
]

/** What to share out, in how many instalments, from when: laid out in the text, that people may change. */
function Instalments({ total, onReady }: { total: number | null; onReady: (plan: Plan) => void }) {
  const [euros, setEuros] = useState<string | number>(total ? total / 100 : '')
  const [nombre, setNombre] = useState<string | number>(3)
  const [premiere, setPremiere] = useState('')
  const [rythme, setRythme] = useState<Plan['rythme']>('mois')
  const day = parseFrenchDate(premiere)
  const cents = Math.round(Number(euros) * 100)
  const ready = day !== null && Number(nombre) >= 1 && cents >= Number(nombre)
  return (
    <fieldset className={classes.plan}>
      <legend>Préparer l’échéancier</legend>
      <NumberInput label="Somme à répartir" value={euros} onChange={setEuros} decimalScale={2} fixedDecimalScale decimalSeparator="," thousandSeparator={NBSP} suffix={`${NBSP}€`} />
      <NumberInput label="Nombre d’échéances" value={nombre} onChange={setNombre} min={1} max={60} allowDecimal={false} clampBehavior="strict" />
      <TextInput label="Première échéance" placeholder="JJ/MM/AAAA" inputMode="numeric" value={premiere} onChange={(event) => setPremiere(event.currentTarget.value)} />
      <Select label="Rythme" data={RHYTHMS} value={rythme} allowDeselect={false} onChange={(value) => value && setRythme(value as Plan['rythme'])} />
      <Button variant="default" disabled={!ready} leftSection={<IconCalendarEvent size={16} stroke={STROKE} />} onClick={() => day && onReady({ total: cents, nombre: Number(nombre), premiere: day, rythme })}>
        Préparer
      </Button>
    </fieldset>
  )
}
