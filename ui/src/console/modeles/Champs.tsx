import { Checkbox, MultiSelect, Select, Textarea, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { ChoixIcone } from './ChoixIcone'
import type { Choix, Noeud, Operation, Place } from './lecture'
import { liste, texte } from './lecture'
import classes from './Auteur.module.css'

/** One field of a part of the file. */
export interface Champ {
  cle: string
  libelle: string
  type: 'texte' | 'long' | 'lignes' | 'choix' | 'plusieurs' | 'ouinon' | 'nombre' | 'montant' | 'icone'
  options?: Choix[]
  aide?: string
  /** What an absent value means, for a box. */
  defaut?: boolean
  requis?: boolean
  large?: boolean
}

interface Props {
  champs: readonly Champ[]
  valeurs: Noeud
  chemin: Place
  /** False when it was refused. */
  onOperation: (operation: Operation) => void | Promise<boolean>
}

/** Fields of a part of the file; each is written when it is left. */
export function Champs({ champs, valeurs, chemin, onOperation }: Props) {
  const write = (cle: string, valeur: unknown): void | Promise<boolean> => {
    const here = [...chemin, cle]
    if (valeur === undefined) return cle in valeurs ? onOperation({ genre: 'retirer', chemin: here }) : undefined
    if (JSON.stringify(valeur) !== JSON.stringify(valeurs[cle])) return onOperation({ genre: 'poser', chemin: here, valeur })
  }
  return (
    <div className={classes.champs}>
      {champs.map((champ) => {
        const value = valeurs[champ.cle]
        const wide = champ.large || champ.type === 'long' || champ.type === 'lignes' || champ.type === 'plusieurs'
        return (
          <div key={champ.cle} data-large={wide || undefined}>
            {champ.type === 'ouinon' ? (
              <Case
                libelle={champ.libelle}
                valeur={value === undefined ? (champ.defaut ?? false) : value === true}
                onChange={(next) => write(champ.cle, next === (champ.defaut ?? false) ? undefined : next)}
              />
            ) : champ.type === 'icone' ? (
              <ChoixIcone libelle={champ.libelle} valeur={texte(value)} onChange={(next) => write(champ.cle, next)} />
            ) : champ.type === 'choix' ? (
              <Select
                label={champ.libelle}
                {...(champ.aide ? { description: champ.aide } : {})}
                placeholder="Par défaut"
                data={withKnown(champ.options ?? [], texte(value))}
                value={texte(value) || null}
                searchable={(champ.options?.length ?? 0) > 8}
                clearable={!champ.requis}
                allowDeselect={false}
                clearButtonProps={{ 'aria-label': `Effacer : ${champ.libelle}` }}
                onChange={(picked) => write(champ.cle, picked ?? undefined)}
              />
            ) : champ.type === 'plusieurs' ? (
              <MultiSelect
                label={champ.libelle}
                {...(champ.aide ? { description: champ.aide } : {})}
                data={champ.options ?? []}
                value={liste(value).map(texte)}
                onChange={(picked) => write(champ.cle, picked.length > 0 ? picked : undefined)}
              />
            ) : (
              <Saisie champ={champ} value={value} onCommit={(found) => write(champ.cle, found)} />
            )}
          </div>
        )
      })}
    </div>
  )
}

/** A box that answers at once, and follows what the server has recorded. */
export function Case({ libelle, valeur, desactivee = false, onChange }: { libelle: string; valeur: boolean; desactivee?: boolean; onChange: (valeur: boolean) => void | Promise<boolean> }) {
  const [coche, setCoche] = useState(valeur)
  useEffect(() => setCoche(valeur), [valeur])
  const change = async (next: boolean): Promise<void> => {
    setCoche(next)
    if ((await onChange(next)) === false) setCoche(!next)
  }
  return <Checkbox label={libelle} checked={coche} disabled={desactivee} onChange={(event) => void change(event.currentTarget.checked)} />
}

/** A value the list does not know is shown as it is: the check says what is wrong with it. */
function withKnown(options: Choix[], value: string): Choix[] {
  return value === '' || options.some((option) => option.value === value) ? options : [...options, { value, label: value }]
}

function shown(champ: Champ, value: unknown): string {
  if (champ.type === 'lignes') return liste(value).map(texte).join('\n')
  // The file counts in cents.
  if (champ.type === 'montant' && Number.isInteger(value)) return (Number(value) / 100).toFixed(2).replace('.', ',')
  return typeof value === 'object' && value !== null ? '' : texte(value)
}

/** Cents of an amount as people type it; what cannot be read is kept as it is, for the check to tell. */
function centimes(text: string): number | string {
  const plain = text.replace(/[\s€]/g, '').replace(',', '.')
  return /^\d+(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : text
}

/** A text written when the field is left, or with Enter. */
function Saisie({ champ, value, onCommit }: { champ: Champ; value: unknown; onCommit: (value: unknown) => void | Promise<boolean> }) {
  const known = shown(champ, value)
  const [text, setText] = useState(known)
  /** What the file said when the text being written was begun; null when none is. */
  const base = useRef<string | null>(null)
  /** Sent and not answered well yet: leaving the field, as a dialog opens, does not send it again. */
  const sent = useRef<string | null>(null)
  const [refus, setRefus] = useState(false)
  useEffect(() => {
    if (base.current !== null) return
    sent.current = null
    setRefus(false)
    setText(known)
  }, [known])
  const entretemps = base.current !== null && base.current !== known
  const write = (next: string): void => {
    base.current ??= known
    sent.current = null
    setRefus(false)
    setText(next)
  }
  const send = (found: unknown): void => {
    sent.current = text
    const answer = onCommit(found)
    if (answer) void answer.then((done) => setRefus(!done && sent.current !== null))
  }
  const structured = champ.type !== 'lignes' && typeof value === 'object' && value !== null
  const commit = (): void => {
    base.current = null
    if (text === known || text === sent.current || structured) return
    const clean = text.trim()
    if (clean === '') {
      if (champ.requis) setText(known)
      else send(undefined)
    } else if (champ.type === 'lignes') send(clean.split('\n').map((line) => line.trim()).filter(Boolean))
    else if (champ.type === 'nombre') send(/^\d+$/.test(clean) ? Number(clean) : clean)
    else if (champ.type === 'montant') send(centimes(clean))
    else send(clean)
  }
  const common = {
    label: champ.libelle,
    ...(champ.aide || structured ? { description: structured ? 'Écrit en détail dans la source.' : champ.aide } : {}),
    ...(entretemps ? { error: `Quelqu’un y a écrit entre-temps : « ${known} »` } : refus ? { error: `Pas enregistré : le fichier ${known ? `dit « ${known} »` : 'n’en dit rien'}.` } : {}),
    value: text,
    disabled: structured,
    required: champ.requis ?? false,
    withAsterisk: false,
    onBlur: commit,
  }
  return champ.type === 'long' || champ.type === 'lignes' ? (
    <Textarea {...common} rows={2} onChange={(event) => write(event.currentTarget.value)} />
  ) : (
    <TextInput
      {...common}
      inputMode={champ.type === 'nombre' ? 'numeric' : champ.type === 'montant' ? 'decimal' : 'text'}
      onChange={(event) => write(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return
        sent.current = null
        commit()
      }}
    />
  )
}
