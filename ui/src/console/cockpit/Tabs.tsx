import { type KeyboardEvent, type ReactNode, useEffect } from 'react'
import type { DemarcheView } from '@shared/api/types'
import { hasCollections } from '@shared/collections/has'
import classes from './Tabs.module.css'

export type Onglet = 'activite' | 'taches' | 'documents' | 'finances' | 'communications' | 'compte' | 'fiche'

export interface TabItem {
  cle: Onglet
  libelle: string
  n?: number
}

/** Permanent tabs (DOS-10), then the contextual one of this modèle, when it has data (DOS-11). */
export function tabsOf(demarche: DemarcheView): TabItem[] {
  const pieces = demarche.pieces.filter((piece) => piece.statut !== 'sans_objet').length
  const tabs: TabItem[] = [
    { cle: 'activite', libelle: 'Timeline & Activité' },
    { cle: 'taches', libelle: 'Tâches & Planification', n: demarche.compteurs.taches_ouvertes },
    { cle: 'documents', libelle: 'Documents (GED)', n: pieces + demarche.documents.length },
    { cle: 'finances', libelle: 'Suivi Financier' },
    { cle: 'communications', libelle: 'Communications' },
  ]
  // The contextual tab comes first among the details: it is what this modèle is about.
  if (hasCollections(demarche)) tabs.push({ cle: 'compte', libelle: demarche.lectures[0]?.libelle ?? demarche.collections[0]?.libelle ?? 'Détail' })
  if (demarche.donnees.length > 0) tabs.push({ cle: 'fiche', libelle: demarche.categorie === 'rh' ? 'Fiche salarié' : 'Informations' })
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
      {aside && <div className={classes.aside}>{aside}</div>}
    </div>
  )
}
