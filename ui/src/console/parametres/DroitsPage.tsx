import { Button, NativeSelect, Select } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call, messageOf } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Card } from '@shared/components/Card'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import { NBSP } from '@shared/format'
import { toastDone } from '../components/toasts'
import { Reglages } from './Reglages'
import classes from './Reglages.module.css'

type Schemas = components['schemas']
type Droits = Schemas['DroitsVue']
type Sujet = Schemas['SujetVue']
type Choix = { droits: Record<string, boolean>; modeles: Record<string, Schemas['Niveau']> }

const ROOT = '/api/parametres/droits'
const KEY = ['parametres', 'droits']

const groupes: { cle: Schemas['DroitVue']['groupe']; titre: string }[] = [
  { cle: 'demarches', titre: 'Clients et démarches' },
  { cle: 'pilotage', titre: 'Pilotage' },
  { cle: 'parametres', titre: 'Paramètres et modèles' },
]

const niveaux: Record<Schemas['Niveau'], string> = { complet: 'Tout', lecture: 'Lecture seule', aucun: 'Fermé' }

/** Who may do and see what, on top of the native roles (SEC-15, USR-08). */
export function DroitsPage() {
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: ({ signal }) => call<Droits>('GET', ROOT, { signal }), staleTime: Infinity, gcTime: 0 })
  const [sujet, setSujet] = useState('conseiller')
  const [dirty, setDirty] = useState(false)
  const chosen = data?.sujets.find((each) => each.sujet === sujet)
  return (
    <Reglages droit="droits.regler" sousTitre="Ce que chacun peut voir, faire et régler">
      {!data || !chosen ? <Card>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={10} hauteur={40} />}</Card> : (
        <>
          <Card>
            <div className={classes.pile}>
              <Select
                className={classes.filtre} label="Droits de" searchable allowDeselect={false} value={sujet} disabled={dirty}
                description={dirty ? 'Enregistrez ou annulez d’abord ce que vous avez changé.' : undefined}
                data={[
                  { group: 'Rôles', items: data.sujets.filter(isRole).map(option) },
                  { group: 'Personnes', items: data.sujets.filter((each) => !isRole(each)).map(option) },
                ].filter(({ items }) => items.length > 0)}
                onChange={(value) => { if (value) setSujet(value) }}
              />
              <p className={classes.doux}>
                {isRole(chosen)
                  ? `Vaut pour tous les ${chosen.nom.toLowerCase()}, sauf choix fait pour une personne.`
                  : `Ce qui est choisi ici passe avant le rôle de ${chosen.nom}.`}
                {' '}Un administrateur garde toujours tous les droits{NBSP}; chaque changement est inscrit au journal des accès.
              </p>
            </div>
          </Card>
          <Reglage key={sujet} droits={data} sujet={chosen} onDirty={setDirty} />
        </>
      )}
    </Reglages>
  )
}

const isRole = ({ sujet, role }: Sujet): boolean => sujet === role
const option = ({ sujet, nom }: Sujet) => ({ value: sujet, label: nom })

function Reglage({ droits, sujet, onDirty }: { droits: Droits; sujet: Sujet; onDirty: (dirty: boolean) => void }) {
  const client = useQueryClient()
  const saved: Choix = { droits: sujet.choix.droits ?? {}, modeles: sujet.choix.modeles ?? {} }
  const [choix, setChoix] = useState(saved)
  const [dirty, setDirty] = useState(false)
  const change = (told: Choix): void => {
    setChoix(told)
    mark(true)
  }
  const mark = (now: boolean): void => {
    setDirty(now)
    onDirty(now)
  }
  const save = useMutation({
    mutationFn: () => call<Droits>('PUT', `${ROOT}/${sujet.sujet}`, { body: choix }),
    onSuccess: (told) => {
      client.setQueryData(KEY, told)
      mark(false)
      toastDone(`Droits enregistrés${NBSP}: ${sujet.nom}`)
    },
  })
  const origine = isRole(sujet) ? 'd’origine' : 'comme son rôle'
  return (
    <>
      {groupes.map(({ cle: groupe, titre }) => (
        <Card key={groupe}>
          <h2 className={classes.titre}>{titre}</h2>
          <ul className={classes.droits}>
            {droits.droits.filter((each) => each.groupe === groupe).map(({ cle, libelle }) => (
              <Ligne
                key={cle} libelle={libelle} value={cle in choix.droits ? (choix.droits[cle] ? 'oui' : 'non') : ''}
                data={[{ value: '', label: `${sujet.droits[cle] ? 'Oui' : 'Non'} (${origine})` }, { value: 'oui', label: 'Oui' }, { value: 'non', label: 'Non' }]}
                onChange={(value) => change({ ...choix, droits: replaced(choix.droits, cle, value === '' ? undefined : value === 'oui') })}
              />
            ))}
          </ul>
        </Card>
      ))}
      <Card>
        <h2 className={classes.titre}>Types de démarches</h2>
        <p className={classes.doux}>Fermé{NBSP}: ces démarches n’existent pour lui ni dans les listes, ni dans la file, ni par leur adresse. Lecture seule{NBSP}: il les consulte sans y agir.</p>
        <ul className={classes.droits}>
          {droits.modeles.map(({ cle, titre }) => (
            <Ligne
              key={cle} libelle={titre} value={choix.modeles[cle] ?? ''}
              data={[
                { value: '', label: `${niveaux[sujet.modeles[cle] ?? 'complet']} (${origine})` },
                ...Object.entries(niveaux).map(([value, label]) => ({ value, label })),
              ]}
              onChange={(value) => change({ ...choix, modeles: replaced(choix.modeles, cle, value === '' ? undefined : (value as Schemas['Niveau'])) })}
            />
          ))}
        </ul>
      </Card>
      {save.error && <p className={classes.erreur} role="alert">{messageOf(save.error)}</p>}
      <div className={classes.enregistrer}>
        <Button loading={save.isPending} disabled={!dirty} onClick={() => save.mutate()}>Enregistrer</Button>
        {dirty && <Button variant="default" onClick={() => { setChoix(saved); save.reset(); mark(false) }}>Annuler</Button>}
      </div>
    </>
  )
}

/** The choices with one more, or without it. */
function replaced<T>(choices: Record<string, T>, cle: string, value: T | undefined): Record<string, T> {
  const kept = Object.entries(choices).filter(([name]) => name !== cle)
  return Object.fromEntries(value === undefined ? kept : [...kept, [cle, value]])
}

function Ligne({ libelle, value, data, onChange }: { libelle: string; value: string; data: { value: string; label: string }[]; onChange: (value: string) => void }) {
  return (
    <li data-choisi={value !== '' || undefined}>
      <span>{libelle}</span>
      <NativeSelect aria-label={libelle} data={data} value={value} onChange={(event) => onChange(event.currentTarget.value)} />
    </li>
  )
}
