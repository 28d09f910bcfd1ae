import { Button, Select, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconPencil } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { ApiError, call, messageOf } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Card } from '@shared/components/Card'
import { Dialog } from '@shared/components/Dialog'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { byName, iconNamed, STROKE } from '@shared/icons'
import { chooseBadges, type Objet, statuts, type Ton } from '@shared/statuses'
import { iconNames } from '../components/iconNames'
import { toastDone } from '../components/toasts'
import { Reglages } from './Reglages'
import classes from './Reglages.module.css'

type Schemas = components['schemas']
type Choisi = Schemas['BadgeChoisi']
type Couleur = Choisi['couleur']

const ROOT = '/api/parametres/badges'
const KEY = ['parametres', 'badges']
/** No icon has this name: the badge keeps its own. */
const ORIGINE = 'origine'

const objets: { objet: Objet; titre: string }[] = [
  { objet: 'demande', titre: 'Demandes' },
  { objet: 'demarche', titre: 'Démarches' },
  { objet: 'etape', titre: 'Étapes' },
  { objet: 'tache', titre: 'Tâches' },
  { objet: 'piece', titre: 'Pièces' },
  { objet: 'action', titre: 'Actions demandées au client' },
  { objet: 'document', titre: 'Documents' },
]

const couleurs: { value: Couleur; label: string; ton: Ton }[] = [
  { value: 'accent', label: 'Bleu', ton: 'cabinet' },
  { value: 'ambre', label: 'Ambre', ton: 'client' },
  { value: 'vert', label: 'Vert', ton: 'fait' },
  { value: 'rouge', label: 'Rouge', ton: 'probleme' },
  { value: 'violet', label: 'Violet', ton: 'tiers' },
  { value: 'ardoise', label: 'Ardoise', ton: 'ardoise' },
  { value: 'gris', label: 'Gris', ton: 'neutre' },
]

/** Words, colour and icon of the common badges, the same for the firm and for its clients (BDG-02, BDG-03). */
export function BadgesPage() {
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: ({ signal }) => call<Choisi[]>('GET', ROOT, { signal }) })
  const [ouvert, setOuvert] = useState<{ objet: Objet; cle: string } | null>(null)
  const chosen = (objet: Objet, cle: string): Choisi | undefined => data?.find((each) => each.objet === objet && each.cle === cle)
  return (
    <Reglages droit="badge.regler" sousTitre="Les mêmes badges pour le cabinet et pour ses clients">
      {!data ? <Card>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={8} hauteur={40} />}</Card>
        : objets.map(({ objet, titre }) => (
          <Card key={objet}>
            <h2 className={classes.titre}>{titre}</h2>
            <ul className={classes.reglables}>
              {Object.keys(statuts[objet]).filter((cle) => objet !== 'demarche' || !(cle in statuts.demande)).map((cle) => (
                <li key={cle}>
                  <StatusBadge objet={objet} cle={cle} perso={chosen(objet, cle)} />
                  {chosen(objet, cle) && <span className={classes.doux}>{`à l’origine « ${statuts[objet][cle]?.libelle ?? cle} »`}</span>}
                  <Button variant="subtle" size="compact-sm" leftSection={<IconPencil size={15} stroke={STROKE} />} aria-label={`Modifier le badge « ${chosen(objet, cle)?.libelle ?? statuts[objet][cle]?.libelle ?? cle} » (${titre.toLowerCase()})`} onClick={() => setOuvert({ objet, cle })}>Modifier</Button>
                </li>
              ))}
            </ul>
          </Card>
        ))}
      {ouvert && <Dialogue {...ouvert} saved={chosen(ouvert.objet, ouvert.cle)} onClose={() => setOuvert(null)} />}
    </Reglages>
  )
}

function Dialogue({ objet, cle, saved, onClose }: { objet: Objet; cle: string; saved: Choisi | undefined; onClose: () => void }) {
  const client = useQueryClient()
  const origine = statuts[objet][cle]
  const [libelle, setLibelle] = useState(saved?.libelle ?? origine?.libelle ?? '')
  const [couleur, setCouleur] = useState<Couleur>(saved?.couleur ?? couleurs.find(({ ton }) => ton === origine?.ton)?.value ?? 'gris')
  const [icone, setIcone] = useState(saved?.icone ?? ORIGINE)
  const send = useMutation({
    mutationFn: (body: Schemas['BadgeRegle'] | null) =>
      body ? call<Choisi[]>('PUT', `${ROOT}/${objet}/${cle}`, { body }) : call<Choisi[]>('DELETE', `${ROOT}/${objet}/${cle}`),
    onSuccess: (told, body) => {
      chooseBadges(told)
      client.setQueryData(KEY, told)
      toastDone(body ? 'Badge enregistré' : 'Badge d’origine')
      onClose()
    },
  })
  const wrong = send.error instanceof ApiError ? send.error.errors.find(({ pointer }) => pointer === '/libelle')?.detail : undefined
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    send.mutate({ libelle, couleur, icone })
  }
  return (
    <Dialog opened onClose={onClose} title="Modifier le badge" size={520}>
      <form onSubmit={submit} className={classes.pile} noValidate>
        <p aria-live="polite"><StatusBadge objet={objet} cle={cle} perso={{ libelle: libelle.trim() || '…', couleur, icone }} /></p>
        <TextInput label="Libellé" required maxLength={60} value={libelle} error={wrong} onChange={(event) => setLibelle(event.currentTarget.value)} data-autofocus />
        <Select label="Couleur" allowDeselect={false} data={couleurs} value={couleur} onChange={(value) => { if (value) setCouleur(value as Couleur) }} />
        <div>
          <p id="titre-icone" className={classes.libelle}>Icône</p>
          <div role="radiogroup" aria-labelledby="titre-icone" className={classes.icones}>
            {[ORIGINE, ...Object.keys(byName)].map((name) => {
              const Icon = iconNamed(name, origine?.icone)
              return <button key={name} type="button" role="radio" aria-checked={name === icone} aria-label={name === ORIGINE ? 'Celle d’origine' : (iconNames[name] ?? name)} title={name === ORIGINE ? 'Celle d’origine' : (iconNames[name] ?? name)} onClick={() => setIcone(name)}><Icon size={18} stroke={STROKE} aria-hidden /></button>
            })}
          </div>
        </div>
        {send.error && !wrong && <p className={classes.erreur} role="alert">{messageOf(send.error)}</p>}
        <div className={classes.barre}>
          <Button type="submit" loading={send.isPending} disabled={!libelle.trim()}>Enregistrer</Button>
          {saved && <Button variant="default" onClick={() => send.mutate(null)}>Revenir à l’original</Button>}
        </div>
      </form>
    </Dialog>
  )
}
