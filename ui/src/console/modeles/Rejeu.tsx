import { Alert, Button, Group, Select } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { call } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Card } from '@shared/components/Card'
import { ProgressBar } from '@shared/components/Progress'
import { EmptyState, ErrorState } from '@shared/components/States'
import { count, NBSP } from '@shared/format'
import { Chips } from '../components/Chips'
import { sejour } from '../components/sejour'
import { typo } from '../components/typo'
import type { Brouillon } from './lecture'
import { ScenarioDialog } from './ScenarioDialog'
import type { Auteur } from './useBrouillon'
import classes from './Auteur.module.css'

type Rejeux = components['schemas']['Rejeux']
type Touchee = components['schemas']['DemarcheRejouee']
type Nommee = components['schemas']['DemarcheNommee']

/** Démarches asked for in one request: the bar moves after each. */
const LOT = 5
const NOMBRES = ['10', '20', '50']

/** What is known so far, of the draft that had this state. */
interface Suivi {
  etag: string
  voulues: number
  lues: number
  inchangees: Rejeux['inchangees']
  touchees: Rejeux['touchees']
  impossibles: Rejeux['impossibles']
}

const effets = {
  toutes: () => true,
  chemin: (one: Touchee) => one.change_de_chemin,
  attente: (one: Touchee) => one.attend_plus,
  manque: (one: Touchee) => one.manques.length > 0,
  arret: (one: Touchee) => one.arret !== null,
} as const
type Effet = keyof typeof effets

/** « What if? »: the draft on the last real démarches, a few at a time (MOD-02). */
export function Rejeu({ auteur, brouillon }: { auteur: Auteur; brouillon: Brouillon }) {
  const [nombre, setNombre] = useState('20')
  const [suivi, setSuivi] = useState<Suivi | null>(null)
  const [enCours, setEnCours] = useState(false)
  const [echec, setEchec] = useState<unknown>(null)
  const tour = useRef(0)
  useEffect(() => () => { tour.current += 1 }, [])

  const rejouer = async (): Promise<void> => {
    tour.current += 1
    const mine = tour.current
    let known: Suivi = { etag: brouillon.etag, voulues: Number(nombre), lues: 0, inchangees: [], touchees: [], impossibles: [] }
    setEchec(null)
    setSuivi(known)
    setEnCours(true)
    try {
      while (known.lues < known.voulues) {
        const asked = Math.min(LOT, known.voulues - known.lues)
        const part = await call<Rejeux>('GET', `${auteur.base}/rejeu?derniers=${asked}&apres=${known.lues}`)
        // Stopped meanwhile, or asked again: what comes late is nobody's.
        if (tour.current !== mine) return
        known = {
          ...known,
          voulues: Math.min(known.voulues, part.existantes),
          lues: known.lues + part.lues,
          inchangees: [...known.inchangees, ...part.inchangees],
          touchees: [...known.touchees, ...part.touchees],
          impossibles: [...known.impossibles, ...part.impossibles],
        }
        setSuivi(known)
        if (part.lues < asked) break
      }
    } catch (error) {
      if (tour.current === mine) setEchec(error)
    }
    if (tour.current === mine) setEnCours(false)
  }
  const arreter = (): void => {
    tour.current += 1
    setEnCours(false)
  }
  return (
    <Card>
      <h2 className={classes.etapePublication}><span>3</span> Rejouer les dernières démarches</h2>
      <p className={classes.aide}>Chaque vraie démarche est rejouée sur sa version, puis sur le brouillon, avec les réponses et les délais qu’elle a connus. Rien ne change pour elle.</p>
      <Group gap="xs" align="end" mt="xs">
        <Select label="Démarches à rejouer" w={150} allowDeselect={false} data={NOMBRES.map((value) => ({ value, label: `Les ${value} dernières` }))} value={nombre} onChange={(value) => { if (value) setNombre(value) }} />
        <Button variant="default" disabled={!brouillon.publiable} loading={enCours} onClick={() => void rejouer()}>Rejouer</Button>
        {enCours && <Button variant="subtle" onClick={arreter}>Arrêter</Button>}
      </Group>
      {!brouillon.publiable && <p className={classes.aide}>Corrigez d’abord ce que dit la vérification.</p>}
      {enCours && suivi && <div className={classes.avancement}><ProgressBar nom="Démarches rejouées" part={suivi.lues / Math.max(1, suivi.voulues)} texte={`${suivi.lues} sur ${suivi.voulues}`} /></div>}
      {echec !== null && <ErrorState error={echec} onRetry={() => void rejouer()} />}
      {suivi && <Resultat modele={brouillon.cle} suivi={suivi} enCours={enCours || echec !== null} perime={suivi.etag !== brouillon.etag} />}
    </Card>
  )
}

function Resultat({ modele, suivi, enCours, perime }: { modele: string; suivi: Suivi; enCours: boolean; perime: boolean }) {
  const [effet, setEffet] = useState<Effet>('toutes')
  const [scenario, setScenario] = useState<string | null>(null)
  const { touchees, inchangees, impossibles } = suivi
  if (!enCours && suivi.lues === 0) return <EmptyState>Aucune démarche n’a encore suivi ce modèle.</EmptyState>
  const combien = (one: Effet): number => touchees.filter(effets[one]).length
  const options = [
    { cle: 'toutes', libelle: 'Toutes', n: touchees.length },
    { cle: 'chemin', libelle: 'Changent de chemin', n: combien('chemin') },
    { cle: 'attente', libelle: 'Attendent plus', n: combien('attente') },
    { cle: 'manque', libelle: 'Manquent d’une réponse', n: combien('manque') },
    { cle: 'arret', libelle: 'N’iraient pas à leur fin', n: combien('arret') },
  ].filter(({ cle, n }) => cle === 'toutes' || n > 0)
  const bilan = [
    touchees.length === 0 ? 'rien ne change' : count(touchees.length, 'démarche touchée', 'démarches touchées'),
    touchees.length > 0 && inchangees.length > 0 ? `${inchangees.length} sans changement` : '',
    impossibles.length > 0 ? `${impossibles.length} que l’on ne peut pas rejouer` : '',
  ].filter(Boolean).join(', ')
  return (
    <div className={classes.rejeu}>
      {perime && <Alert color="yellow">Le brouillon a changé depuis : rejouez pour savoir ce qu’il en est.</Alert>}
      {!enCours && <p role="status" className={classes.bilan} data-etat={combien('arret') > 0 ? 'erreur' : touchees.length > 0 ? 'alerte' : 'bon'}>{count(suivi.lues, 'démarche rejouée', 'démarches rejouées')}{NBSP}: {bilan}</p>}
      {touchees.length > 0 && (
        <>
          <Chips nom="Démarches touchées" options={options} valeur={effet} onChange={(cle) => setEffet(cle as Effet)} />
          <ul className={classes.touchees}>
            {touchees.filter(effets[effet]).map((one) => (
              <li key={one.reference}>
                <Tete demarche={one} onScenario={setScenario} />
                <ul>{phrases(one).map(({ texte, ton }) => <li key={texte} data-ton={ton}>{typo(texte)}</li>)}</ul>
              </li>
            ))}
          </ul>
        </>
      )}
      {impossibles.length > 0 && (
        <details className={classes.repli} open={touchees.length === 0 || undefined}>
          <summary>{count(impossibles.length, 'démarche ne peut pas être rejouée', 'démarches ne peuvent pas être rejouées')}</summary>
          <ul className={classes.touchees}>
            {impossibles.map((one) => <li key={one.reference}><Tete demarche={one} onScenario={setScenario} /><ul><li>{typo(one.raison)}</li></ul></li>)}
          </ul>
        </details>
      )}
      {inchangees.length > 0 && (
        <details className={classes.repli}>
          <summary>{count(inchangees.length, 'démarche sans changement', 'démarches sans changement')}</summary>
          <ul className={classes.touchees}>
            {inchangees.map((one) => <li key={one.reference}><Tete demarche={one} onScenario={setScenario} /></li>)}
          </ul>
        </details>
      )}
      {scenario && <ScenarioDialog modele={modele} reference={scenario} onClose={() => setScenario(null)} />}
    </div>
  )
}

function Tete({ demarche, onScenario }: { demarche: Nommee; onScenario: (reference: string) => void }) {
  return (
    <div className={classes.toucheeTete}>
      <Link to="/demarches/$id" params={{ id: demarche.demarche_id } as never}>{demarche.reference}</Link>
      <span>{demarche.titre}{demarche.ouverte ? '' : ' (terminée)'}</span>
      <Button variant="subtle" size="compact-xs" aria-label={`Faire un scénario de ${demarche.reference}`} onClick={() => onScenario(demarche.reference)}>Faire un scénario</Button>
    </div>
  )
}

/** What the draft would change for one démarche, the gravest first. */
function phrases(one: Touchee): { texte: string; ton?: 'probleme' }[] {
  const longest = one.plus_longues.map(({ titre, avant_s, apres_s }) => `« ${titre} » : ${sejour(avant_s)} → ${sejour(apres_s)}`)
  return [
    ...(one.arret === null ? [] : [{ texte: `N’irait pas à sa fin : ${one.arret}`, ton: 'probleme' as const }]),
    ...one.manques.map(({ formulaire, champs }) => ({ texte: `Sans réponse dans « ${formulaire} » : ${champs.join(', ')}`, ton: 'probleme' as const })),
    ...one.ajoutees.map((titre) => ({ texte: `Étape en plus : ${titre}` })),
    ...one.retirees.map((titre) => ({ texte: `Étape en moins : ${titre}` })),
    ...(one.ordre_change ? [{ texte: 'Étapes dans un autre ordre' }] : []),
    ...(one.attend_plus ? [{ texte: `Durée : ${sejour(one.avant_s)} → ${sejour(one.apres_s)}${longest.length > 0 ? ` (${longest.join(', ')})` : ''}` }] : []),
  ]
}
