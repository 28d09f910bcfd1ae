import { ActionIcon, Button, Select, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { ApiError, call, messageOf } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { moiQuery } from '@shared/api/session'
import { Card } from '@shared/components/Card'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import { LIBRES, ORIGINE } from '@shared/demarche/colonnes'
import { NBSP } from '@shared/format'
import { STROKE } from '@shared/icons'
import { statusOf } from '@shared/statuses'
import { toastDone } from '../components/toasts'
import { Reglages } from './Reglages'
import classes from './Reglages.module.css'

type Vue = components['schemas']['ColonneVue']
/** `nouvelle`: not saved yet; its key is only of this screen. */
type Ligne = Vue & { nouvelle?: boolean }

const ROOT = '/api/parametres/colonnes'
const KEY = ['parametres', 'colonnes']
const MAX = 12

const choices = LIBRES.map((value) => ({ value, label: statusOf('tache', value).libelle }))
const own = (cle: string): boolean => ORIGINE.some((each) => each === cle)

/** Columns of the task board, the same in every démarche and on the portal (TCH-01). */
export function ColonnesPage() {
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: ({ signal }) => call<Vue[]>('GET', ROOT, { signal }), staleTime: Infinity, gcTime: 0 })
  return (
    <Reglages droit="badge.regler" sousTitre="Les colonnes du tableau des tâches, dans chaque démarche et sur le portail">
      {data ? <Formulaire key={data.map(({ cle }) => cle).join()} saved={data} /> : <Card>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={5} hauteur={52} />}</Card>}
    </Reglages>
  )
}

function Formulaire({ saved }: { saved: Vue[] }) {
  const client = useQueryClient()
  const [lignes, setLignes] = useState<Ligne[]>(saved)
  const [count, setCount] = useState(0)
  const save = useMutation({
    mutationFn: (origine: boolean) =>
      origine
        ? call<Vue[]>('DELETE', ROOT)
        : call<Vue[]>('PUT', ROOT, { body: { colonnes: lignes.map(({ cle, libelle, statut, nouvelle }) => ({ cle: nouvelle ? null : cle, libelle: libelle.trim(), statut })) } }),
    onSuccess: (told, origine) => {
      client.setQueryData(KEY, told)
      setLignes(told)
      void client.invalidateQueries({ queryKey: moiQuery.queryKey })
      toastDone(origine ? 'Tableau d’origine' : 'Tableau des tâches enregistré')
    },
  })
  const faults = save.error instanceof ApiError ? save.error.errors : []
  const wrong = (rang: number, champ: string): string | undefined => faults.find(({ pointer }) => pointer === `/colonnes/${rang}/${champ}`)?.detail
  const change = (rang: number, part: Partial<Ligne>): void => setLignes((before) => before.map((each, index) => (index === rang ? { ...each, ...part } : each)))
  const shift = (rang: number, by: number): void => {
    const next = [...lignes]
    const [taken] = next.splice(rang, 1)
    if (taken) next.splice(rang + by, 0, taken)
    setLignes(next)
  }
  const add = (): void => {
    setLignes([...lignes, { cle: `nouvelle-${count}`, libelle: '', statut: 'en_cours', nouvelle: true }])
    setCount(count + 1)
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save.mutate(false)
  }
  const incomplete = lignes.some(({ libelle }) => libelle.trim() === '')
  return (
    <Card>
      <form onSubmit={submit} className={classes.pile} noValidate>
        <p className={classes.doux}>De gauche à droite. Une colonne ajoutée tient des tâches d’un statut{NBSP}: une tâche qui en change rejoint la colonne de son nouveau statut. Vos clients voient les mêmes colonnes.</p>
        <ol className={classes.colonnesTaches}>
          {lignes.map((ligne, rang) => {
            const nom = ligne.libelle || 'sans nom'
            return (
              <li key={ligne.cle}>
                <span className={classes.rangs}>
                  <ActionIcon variant="subtle" color="gray" aria-label={`Placer «${NBSP}${nom}${NBSP}» avant`} disabled={rang === 0} onClick={() => shift(rang, -1)}><IconArrowUp size={16} stroke={STROKE} /></ActionIcon>
                  <ActionIcon variant="subtle" color="gray" aria-label={`Placer «${NBSP}${nom}${NBSP}» après`} disabled={rang === lignes.length - 1} onClick={() => shift(rang, 1)}><IconArrowDown size={16} stroke={STROKE} /></ActionIcon>
                </span>
                <TextInput aria-label={`Nom de la colonne ${rang + 1}`} maxLength={40} required value={ligne.libelle} error={wrong(rang, 'libelle')} onChange={(event) => change(rang, { libelle: event.currentTarget.value })} autoFocus={ligne.nouvelle} />
                {own(ligne.cle) ? <span className={classes.doux}>{ligne.libelle.trim() === statusOf('tache', ligne.cle).libelle ? 'Colonne d’origine' : `À l’origine «${NBSP}${statusOf('tache', ligne.cle).libelle}${NBSP}»`}</span> : (
                  <Select aria-label={`Statut des tâches de «${NBSP}${nom}${NBSP}»`} allowDeselect={false} data={choices} value={ligne.statut} error={wrong(rang, 'statut')} onChange={(value) => { if (value) change(rang, { statut: value as Vue['statut'] }) }} />
                )}
                {own(ligne.cle) ? <span /> : <ActionIcon variant="subtle" color="gray" aria-label={`Retirer «${NBSP}${nom}${NBSP}»`} onClick={() => setLignes(lignes.filter((each) => each !== ligne))}><IconTrash size={16} stroke={STROKE} /></ActionIcon>}
              </li>
            )
          })}
        </ol>
        <div><Button variant="default" leftSection={<IconPlus size={16} stroke={STROKE} />} disabled={lignes.length >= MAX} onClick={add}>Ajouter une colonne</Button></div>
        {save.error && <p className={classes.erreur} role="alert">{faults.find(({ pointer }) => pointer === '/colonnes')?.detail ?? messageOf(save.error)}</p>}
        <div className={classes.barre}>
          <Button type="submit" loading={save.isPending} disabled={incomplete}>Enregistrer</Button>
          <Button variant="subtle" color="gray" disabled={save.isPending} onClick={() => save.mutate(true)}>Revenir au tableau d’origine</Button>
        </div>
      </form>
    </Card>
  )
}
