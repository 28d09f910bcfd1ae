import { Button, Group, Select } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { may, useMoi } from '@shared/api/session'
import { Card } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { count, fullDate } from '@shared/format'
import classes from './Changement.module.css'

type Version = components['schemas']['Version']
type Difference = components['schemas']['Difference']
type Essais = components['schemas']['Essais']
type APlacer = components['schemas']['APlacer']
type Resultats = components['schemas']['Resultats']

/** Where the étapes that a version does not have go; those of child démarches by their modèle. */
type Places = { correspondance: Record<string, string | null>; enfants: Record<string, { correspondance: Record<string, string | null> }> }
/** Étapes to place, by the modèle of their démarches and their key. */
type Perdues = ReadonlyMap<string, APlacer>
const NULLE_PART: Places = { correspondance: {}, enfants: {} }

/** Démarches sent in one request: each is a command of its own. */
const LOT = 10
const ABANDON = '(abandonner)'

const natures = {
  ajout: { libelle: 'Ajout', couleur: 'vert', icone: 'file-plus' },
  retrait: { libelle: 'Retrait', couleur: 'rouge', icone: 'file-x' },
  changement: { libelle: 'Changement', couleur: 'accent', icone: 'refresh' },
  deplacement: { libelle: 'Déplacement', couleur: 'violet', icone: 'arrows-diff' },
} as const
const issues = {
  bonne: { libelle: 'Peut migrer', couleur: 'vert', icone: 'check' },
  correspondance: { libelle: 'Attend une correspondance', couleur: 'ambre', icone: 'alert-circle' },
  bloquee: { libelle: 'Resterait bloquée', couleur: 'rouge', icone: 'x' },
  inutile: { libelle: 'Rien à faire', couleur: 'gris', icone: 'circle-dashed' },
} as const

/** A verdict or a kind of change, seen at a glance. */
const mark = (perso: { libelle: string; couleur: string; icone: string }) => <StatusBadge objet="document" cle="" perso={perso} />

/** Versions of a modèle, what differs between them, and the migration of the démarches in progress. */
export function Changement({ cle }: { cle: string }) {
  const moi = useMoi()
  const base = `/api/modeles/${encodeURIComponent(cle)}`
  const { data: versions, error, refetch } = useQuery({
    queryKey: ['modeles', cle, 'versions'], queryFn: () => call<Version[]>('GET', `${base}/versions`),
  })
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!versions) return <SkeletonRows lignes={3} hauteur={40} />
  return (
    <>
      <Card>
        <h2 className={classes.titre}>Versions</h2>
        <ul className={classes.versions}>
          {versions.map((version) => (
            <li key={version.sha256}>
              <strong>Version {version.version}</strong>
              <span>{fullDate(version.publie_at)}</span>
              <span>{count(version.ouvertes, 'démarche en cours', 'démarches en cours')}</span>
            </li>
          ))}
        </ul>
      </Card>
      {versions.length > 1 && <Comparaison base={base} versions={versions} />}
      {may(moi, 'modele.migrer') && <Migration base={base} versions={versions} />}
    </>
  )
}

function Comparaison({ base, versions }: { base: string; versions: Version[] }) {
  const [de, setDe] = useState(versions[1]?.sha256 ?? '')
  const cible = versions[0]
  const { data, error, refetch } = useQuery({
    queryKey: ['modeles', base, 'difference', de, cible?.sha256],
    queryFn: () => call<Difference>('GET', `${base}/difference?de=${de}&a=${cible?.sha256 ?? ''}`),
  })
  return (
    <Card>
      <h2 className={classes.titre}>Ce qui change jusqu’à la version {cible?.version}</h2>
      <Select
        label="Depuis"
        className={classes.choix}
        allowDeselect={false}
        data={versions.slice(1).map((version) => ({ value: version.sha256, label: `Version ${version.version}` }))}
        value={de}
        onChange={(value) => { if (value) setDe(value) }}
      />
      {error ? <ErrorState error={error} onRetry={() => void refetch()} />
        : !data ? <SkeletonRows lignes={3} hauteur={32} />
        : data.changements.length === 0 ? <EmptyState>Ces deux versions ne diffèrent en rien.</EmptyState>
        : <Differences changements={data.changements} portee={data.portee} />}
    </Card>
  )
}

/** What changes from one version to another, and where the running démarches stand about it. */
export function Differences({ changements, portee: portees }: Difference) {
  return (
    <ul className={classes.changements}>
      {changements.map((change, index) => {
        const portee = portees.find((each) => each.etape === change.etape && each.enfant === change.enfant)
        return (
          <li key={index}>
            <span className={classes.nature}>{mark(natures[change.nature])}</span>
            <div>
              <strong>{change.sujet}</strong>
              {change.details.map((detail) => <p key={detail}>{detail}</p>)}
              {portee && portee.avant + portee.dedans + portee.apres > 0 && (
                <p className={classes.portee}>
                  {count(portee.avant + portee.dedans + portee.apres, portee.enfant ? 'démarche suivie' : 'démarche en cours', portee.enfant ? 'démarches suivies' : 'démarches en cours')} : {portee.avant} avant l’étape, {portee.dedans} dedans, {portee.apres} après
                </p>
              )}
            </div>
          </li>
        )
      })}
    </ul>
  )
}

function Migration({ base, versions }: { base: string; versions: Version[] }) {
  const client = useQueryClient()
  const [places, setPlaces] = useState<Places>(NULLE_PART)
  const [perdues, setPerdues] = useState<Perdues>(new Map())
  const [retour, setRetour] = useState(false)
  const [essai, setEssai] = useState<Essais | null>(null)
  const [enCours, setEnCours] = useState(false)
  const [echec, setEchec] = useState<unknown>(null)
  const [bilan, setBilan] = useState<string | null>(null)
  const cible = versions[0]

  const corps = (back: boolean, asked: Places) => ({ ...(back ? {} : { vers: cible?.sha256 }), ...asked })
  const placer = (lost: APlacer, vers: string | null): void => setPlaces((before) => {
    const { enfant, etape } = lost
    if (!enfant) return { ...before, correspondance: { ...before.correspondance, [etape]: vers } }
    const known = before.enfants[enfant]?.correspondance
    return { ...before, enfants: { ...before.enfants, [enfant]: { correspondance: { ...known, [etape]: vers } } } }
  })
  const garder = async (travail: () => Promise<void>): Promise<void> => {
    setEnCours(true)
    setEchec(null)
    try {
      await travail()
    } catch (error: unknown) {
      setEchec(error)
    } finally {
      setEnCours(false)
    }
  }
  const essayer = (back: boolean, asked: Places = places): Promise<void> => garder(async () => {
    setRetour(back)
    setBilan(null)
    const done = await call<Essais>('POST', `${base}/migration/essai`, { body: corps(back, asked) })
    setEssai(done)
    // Those that have found their place stay in sight: they may be given another.
    setPerdues((before) => new Map([...before, ...done.items.flatMap((item) => item.a_placer).map((lost) => [`${lost.enfant ?? ''}/${lost.etape}`, lost] as const)]))
  })
  // Where étapes go one way says nothing of the way back.
  const recommencer = (back: boolean): void => {
    setPlaces(NULLE_PART)
    setPerdues(new Map())
    void essayer(back, NULLE_PART)
  }
  const migrer = (): Promise<void> => garder(async () => {
    const ids = essai?.items.filter((item) => item.issue === 'bonne').map((item) => item.demarche_id) ?? []
    let faites = 0
    const refus: string[] = []
    for (let index = 0; index < ids.length; index += LOT) {
      const done = await call<Resultats>('POST', `${base}/migration`, {
        body: { ...corps(retour, places), demarches: ids.slice(index, index + LOT) }, idempotencyKey: crypto.randomUUID(),
      })
      faites += done.items.filter((item) => item.migree).length
      refus.push(...done.items.filter((item) => !item.migree).map((item) => `${item.reference} : ${item.detail ?? ''}`))
      setBilan(`${count(faites, 'démarche suit', 'démarches suivent')} ${retour ? 'la version d’avant' : `la version ${cible?.version}`}, sur ${ids.length}. ${refus.join(' ')}`.trim())
    }
    setEssai(null)
    setPerdues(new Map())
    await client.invalidateQueries({ queryKey: ['modeles'] })
    void client.invalidateQueries({ queryKey: ['demarches'] })
  })

  const placee = ({ enfant, etape }: APlacer): string | null => {
    const { correspondance } = enfant ? places.enfants[enfant] ?? NULLE_PART : places
    return etape in correspondance ? correspondance[etape] ?? ABANDON : null
  }
  const bonnes = essai?.compte.bonne ?? 0
  return (
    <Card>
      <h2 className={classes.titre}>Faire suivre la version {cible?.version} aux démarches en cours</h2>
      <p className={classes.aide}>L’essai ne change rien : il dit, pour chaque démarche, ce qui arriverait.</p>
      <Group gap="xs">
        <Button variant="default" loading={enCours} onClick={() => recommencer(false)}>Essayer</Button>
        <Button variant="subtle" disabled={enCours} onClick={() => recommencer(true)}>Essayer le retour en arrière</Button>
      </Group>
      <div role="status" aria-live="polite">{bilan && <p className={classes.bilan}>{bilan}</p>}</div>
      {echec !== null && <ErrorState error={echec} onRetry={() => void essayer(retour)} />}
      {[...perdues].map(([id, lost]) => (
        <Select
          key={id}
          mt="md"
          className={classes.choix}
          label={`Où va l’étape « ${lost.titre} »${lost.enfant_titre ? ` des démarches « ${lost.enfant_titre} »` : ''} ?`}
          placeholder="Choisir une étape"
          data={[
            ...lost.cibles.map((etape) => ({
              value: etape.cle,
              label: lost.suggestions[0]?.cle === etape.cle ? `${etape.titre} (suggérée)` : etape.titre,
            })),
            { value: ABANDON, label: 'Abandonner cette étape' },
          ]}
          value={placee(lost)}
          allowDeselect={false}
          onChange={(value) => { if (value) placer(lost, value === ABANDON ? null : value) }}
        />
      ))}
      {perdues.size > 0 && <Button mt="sm" variant="default" loading={enCours} onClick={() => void essayer(retour)}>Essayer avec ces correspondances</Button>}
      {essai && (essai.items.length === 0 ? <EmptyState>Aucune démarche en cours n’est concernée.</EmptyState> : (
        <>
          <p className={classes.compte}>
            {(Object.keys(issues) as (keyof typeof issues)[]).flatMap((issue) => {
              const many = essai.compte[issue] ?? 0
              return many > 0 ? [<span key={issue}><strong>{many}</strong> {mark(issues[issue])}</span>] : []
            })}
          </p>
          <ul className={classes.verdicts}>
            {essai.items.map((item) => (
              <li key={item.demarche_id} data-issue={item.issue}>
                <a href={`/console/demarches/${item.demarche_id}`}>{item.reference}</a>
                <span>{item.client_nom}</span>
                {mark(issues[item.issue])}
                <span>{item.etapes.join(', ')}{item.issue === 'bonne' && item.etapes_apres.join() !== item.etapes.join() ? ` → ${item.etapes_apres.join(', ')}` : ''}</span>
                {[...item.raisons, ...item.remarques, ...item.donnees.map((data) => `${data.titre} ${data.champ} : ${data.detail}`)].map((line) => (
                  <p key={line}>{line}</p>
                ))}
              </li>
            ))}
          </ul>
          <Button mt="md" disabled={bonnes === 0} loading={enCours} onClick={() => void migrer()}>
            {retour ? 'Revenir en arrière pour' : 'Migrer'} {count(bonnes, 'démarche', 'démarches')}
          </Button>
        </>
      ))}
    </Card>
  )
}
