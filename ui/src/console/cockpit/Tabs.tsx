import { Scroller } from '@mantine/core'
import { type KeyboardEvent, type ReactNode, useEffect } from 'react'
import type { DemarcheView, OngletView } from '@shared/api/types'
import { hasCollections } from '@shared/collections/has'
import { FINANCES, financesOf } from '@shared/demarche/finances'
import classes from './Tabs.module.css'

/** Tabs of the modèle's own bear its keys after this, so that none is taken for a permanent one. */
const OWN = 'm-'

export type Onglet = 'activite' | 'taches' | 'documents' | 'finances' | 'communications' | 'compte' | 'fiche' | 'schema' | `${typeof OWN}${string}`

export interface TabItem {
  cle: Onglet
  libelle: string
  n?: number
}

/** The modèle's own tab of this name, when it is one. */
export const ownTab = (demarche: DemarcheView, onglet: Onglet): OngletView | undefined =>
  demarche.onglets.find(({ cle }) => onglet === `${OWN}${cle}`)

/** The tab where the lines of a collection are. */
export function tabOf(demarche: DemarcheView, collection: string): Onglet {
  const own = demarche.onglets.find(({ collections }) => collections.includes(collection))
  return own ? `${OWN}${own.cle}` : 'compte'
}

/** Collections, readings and forms that no tab of the modèle shows: the common tabs do. */
export function leftOver(demarche: DemarcheView): DemarcheView {
  const collections = new Set(demarche.onglets.flatMap((own) => own.collections))
  const lectures = new Set(demarche.onglets.flatMap((own) => own.lectures))
  const formulaires = new Set(demarche.onglets.flatMap((own) => own.formulaires))
  return {
    ...demarche,
    collections: demarche.collections.filter(({ cle }) => !collections.has(cle)),
    lectures: demarche.lectures.filter(({ cle }) => !lectures.has(cle)),
    donnees: demarche.donnees.filter(({ formulaire }) => !formulaires.has(formulaire)),
  }
}

/** Permanent tabs (DOS-10), then those of this modèle, when they have data (DOS-11). */
export function tabsOf(demarche: DemarcheView): TabItem[] {
  const pieces = demarche.pieces.filter((piece) => piece.statut !== 'sans_objet').length
  const own = demarche.onglets.map(({ cle, libelle }): TabItem => ({ cle: `${OWN}${cle}`, libelle }))
  const tabs: TabItem[] = [
    { cle: 'activite', libelle: 'Timeline & Activité' },
    { cle: 'taches', libelle: 'Tâches & Planification', n: demarche.compteurs.taches_ouvertes },
    { cle: 'documents', libelle: 'Documents (GED)', n: pieces + demarche.documents.length },
    ...(financesOf(demarche) ? [] : [{ cle: 'finances' as const, libelle: FINANCES }]),
    { cle: 'communications', libelle: 'Communications' },
  ]
  // The contextual tab comes first among the details: it is what this modèle is about.
  const rest = leftOver(demarche)
  if (hasCollections(rest)) tabs.push({ cle: 'compte', libelle: rest.lectures[0]?.libelle ?? rest.collections[0]?.libelle ?? 'Détail' })
  tabs.push(...own)
  if (rest.donnees.length > 0) tabs.push({ cle: 'fiche', libelle: demarche.categorie === 'rh' ? 'Fiche salarié' : 'Informations' })
  tabs.push({ cle: 'schema', libelle: 'Schéma' })
  return tabs
}

interface Props {
  demarche: DemarcheView
  tabs: TabItem[]
  onglet: Onglet
  onChange: (onglet: Onglet) => void
  aside?: ReactNode
}

export function Tabs({ tabs, onglet, onChange, aside }: Props) {
  useEffect(() => {
    document.getElementById(`onglet-${onglet}`)?.scrollIntoView({ inline: 'nearest', block: 'nearest' })
  }, [onglet])
  const move = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const at = tabs.findIndex((tab) => tab.cle === onglet)
    const next = tabs[(at + step + tabs.length) % tabs.length]
    if (!next) return
    onChange(next.cle)
    document.getElementById(`onglet-${next.cle}`)?.focus()
  }
  return (
    <div className={classes.bar}>
      {/* The arrows at its ends say that there are more tabs: the keyboard reaches these without them. */}
      <Scroller
        className={classes.scroller}
        classNames={{ control: classes.more }}
        controlSize={40}
        edgeGradientColor="var(--el-carte)"
        startControlProps={{ 'aria-label': 'Onglets précédents', tabIndex: -1 }}
        endControlProps={{ 'aria-label': 'Onglets suivants', tabIndex: -1 }}
      >
        <div className={classes.tabs} role="tablist" aria-label="Contenu de la démarche" onKeyDown={move}>
          {tabs.map(({ cle, libelle, n }) => (
            <button
              key={cle}
              type="button"
              role="tab"
              id={`onglet-${cle}`}
              aria-selected={cle === onglet}
              aria-controls={cle === onglet ? `panneau-${cle}` : undefined}
              tabIndex={cle === onglet ? 0 : -1}
              className={classes.tab}
              onClick={() => onChange(cle)}
            >
              {libelle}{n ? <span className={classes.n}>{n}</span> : null}
            </button>
          ))}
        </div>
      </Scroller>
      {aside && <div className={classes.aside}>{aside}</div>}
    </div>
  )
}
