import { Button, Group, Select } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Card } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { count, hour, shortDate } from '@shared/format'
import { toastDone } from '../components/toasts'
import { typo } from '../components/typo'
import { Changement, Differences } from '../pages/Changement'
import type { Brouillon } from './lecture'
import { Rejeu } from './Rejeu'
import { ScenarioDialog } from './ScenarioDialog'
import type { Auteur } from './useBrouillon'
import classes from './Auteur.module.css'

type Essai = components['schemas']['EssaiVirtuel']
type Difference = components['schemas']['DifferenceBrouillon']
type Faite = components['schemas']['PublicationFaite']

interface Props {
  auteur: Auteur
  brouillon: Brouillon
}

/** Check, try, ask what would have been, publish, migrate: in this order, on one page. */
export function Publication({ auteur, brouillon }: Props) {
  const client = useQueryClient()
  const [echec, setEchec] = useState<unknown>(null)
  const [enCours, setEnCours] = useState(false)
  const erreurs = brouillon.constats.filter((constat) => constat.niveau === 'erreur').length
  const publier = async (): Promise<void> => {
    setEnCours(true)
    setEchec(null)
    try {
      const done = await call<Faite>('POST', `${auteur.base}/publication`, { ifMatch: brouillon.etag })
      toastDone(done.nouvelle ? `Version ${done.version} publiée` : `Rien n’a changé : la version ${done.version} reste la dernière`)
    } catch (error) {
      setEchec(error)
    }
    setEnCours(false)
    await client.invalidateQueries({ queryKey: ['modeles'] })
  }
  return (
    <>
      <Card>
        <h2 className={classes.etapePublication}><span>1</span> Vérifier</h2>
        <p role="status" className={classes.bilan} data-etat={erreurs > 0 ? 'erreur' : 'bon'}>{erreurs > 0 ? `${count(erreurs, 'erreur', 'erreurs')} à corriger dans la vue « Étapes »` : 'Rien ne s’oppose à la publication'}</p>
      </Card>
      <EssaiVirtuel auteur={auteur} brouillon={brouillon} />
      <Rejeu key={brouillon.cle} auteur={auteur} brouillon={brouillon} />
      <Card>
        <h2 className={classes.etapePublication}><span>4</span> Publier</h2>
        {brouillon.version !== null && erreurs === 0 && <Ecarts auteur={auteur} brouillon={brouillon} />}
        {echec !== null && <ErrorState error={echec} />}
        <Group gap="sm" mt="sm">
          <Button disabled={!brouillon.publiable || !brouillon.a_publier} loading={enCours} onClick={() => void publier()}>Publier la version {(brouillon.version ?? 0) + (brouillon.a_publier ? 1 : 0)}</Button>
          <p className={classes.aide}>{brouillon.a_publier ? 'Le brouillon est écrit dans les fichiers, puis publié. Les démarches en cours gardent leur version.' : 'La dernière version publiée dit la même chose.'}</p>
        </Group>
      </Card>
      {brouillon.version !== null && (
        <>
          <h2 className={classes.etapePublication}><span>5</span> Migrer</h2>
          <Changement cle={brouillon.cle} />
        </>
      )}
    </>
  )
}

/** The draft played to its end in virtual time. */
function EssaiVirtuel({ auteur, brouillon }: Props) {
  const [scenario, setScenario] = useState<string | null>(brouillon.scenarios[0] ?? null)
  const [essai, setEssai] = useState<Essai | null>(null)
  const [echec, setEchec] = useState<unknown>(null)
  const [enCours, setEnCours] = useState(false)
  const [reel, setReel] = useState(false)
  const essayer = async (): Promise<void> => {
    setEnCours(true)
    setEchec(null)
    try {
      setEssai(await call<Essai>('POST', `${auteur.base}/essai`, { body: { scenario } }))
    } catch (error) {
      setEchec(error)
    }
    setEnCours(false)
  }
  return (
    <Card>
      <h2 className={classes.etapePublication}><span>2</span> Essayer en temps virtuel</h2>
      <Group gap="xs" align="end">
        <Select
          className={classes.fichier} label="Scénario" placeholder="Réponses inventées d’après les formulaires" clearable clearButtonProps={{ 'aria-label': 'Inventer les réponses' }}
          data={brouillon.scenarios.map((value) => ({ value, label: value.replaceAll('_', ' ') }))} value={scenario} onChange={setScenario}
        />
        <Button variant="default" disabled={!brouillon.publiable} loading={enCours} onClick={() => void essayer()}>Essayer</Button>
        <Button variant="subtle" onClick={() => setReel(true)}>Scénario d’une vraie démarche…</Button>
      </Group>
      {reel && <ScenarioDialog modele={brouillon.cle} onClose={() => setReel(false)} onAjoute={(ajoute) => { setScenario(ajoute); setReel(false) }} />}
      {echec !== null && <ErrorState error={echec} />}
      {essai && (
        <>
          <p role="status" className={classes.bilan} data-etat={essai.reussie ? 'bon' : 'alerte'}>
            {typo(essai.fin)} {count(essai.jours, 'jour', 'jours')} de temps virtuel.{essai.refus && ` ${typo(essai.refus)}`}
          </p>
          {essai.attentes.length > 0 && <ul className={classes.attentes}>{essai.attentes.map((attente) => <li key={attente.nom + attente.libelle}>{attente.nom} : {attente.libelle}</li>)}</ul>}
          <ol className={classes.journal} tabIndex={0} aria-label="Journal de l’essai">
            {essai.lignes.map((line, index) => (
              <li key={index}><time dateTime={line.at}>{shortDate(line.at)} {hour(line.at)}</time><span>{typo(line.texte)}{line.detail && <small> {typo(line.detail)}</small>}</span><small>{line.qui}</small></li>
            ))}
          </ol>
        </>
      )}
    </Card>
  )
}

/** What publishing would change, and where the running démarches stand about it. */
function Ecarts({ auteur, brouillon }: Props) {
  const { data, error, refetch } = useQuery({
    queryKey: ['modeles', brouillon.cle, 'brouillon', 'difference', brouillon.etag],
    queryFn: () => call<Difference>('GET', `${auteur.base}/difference`),
  })
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data) return <SkeletonRows lignes={3} hauteur={32} />
  if (data.changements.length === 0) return <EmptyState>Rien ne change depuis la version {data.version}.</EmptyState>
  return <Differences changements={data.changements} portee={data.portee} />
}
