import { Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { IconLayoutSidebarRight } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { demarcheQuery } from '@shared/api/queries'
import type { DemarcheView } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { SideDialog } from '@shared/components/SideDialog'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import { financesOf } from '@shared/demarche/finances'
import { NowProvider } from '@shared/hooks/useNow'
import { useShortcuts } from '@shared/hooks/useShortcuts'
import { STROKE } from '@shared/icons'
import { useReadNews } from '@shared/notifications/useReadNews'
import { notificationsRecentesQuery } from '../api/queries'
import { Screen } from '../components/Screen'
import { Activite } from './Activite'
import { Aside } from './Aside'
import { Banner } from './Banner'
import { Compte } from './Compte'
import classes from './CockpitPage.module.css'
import { Contextuel } from './Contextuel'
import { Corrections } from './CorrectionStrips'
import { Documents } from './Documents'
import { Etapes } from './Etapes'
import { Fiche } from './Fiche'
import { Finances } from './Finances'
import { Header } from './Header'
import { Historique } from './Historique'
import { Schema } from './Schema'
import { TacheDialog } from './TacheDialog'
import { Taches } from './Taches'
import { leftOver, type Onglet, ownTab, tabOf, Tabs, tabsOf } from './Tabs'
import { toCheck } from './pieces'
import { CockpitDialogs, type CockpitDialog } from './dialogs'
import { isWorking } from './droits'

/** The cockpit of one démarche (DOS-08 to DOS-13). */
export function CockpitPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, refetch } = useQuery(demarcheQuery(id))
  return (
    <Screen fil={[{ libelle: 'Démarches', to: '/demarches' }, { libelle: data?.reference ?? '…' }]} pleine>
      {data ? <Cockpit key={id} demarche={data} />
        : error ? <><h1 className="el-hors-vue">Démarche</h1><ErrorState error={error} onRetry={() => void refetch()} /></>
        : <div className={classes.loading}><SkeletonRows lignes={9} hauteur={64} /></div>}
    </Screen>
  )
}

function Cockpit({ demarche }: { demarche: DemarcheView }) {
  useReadNews(demarche.id, useQuery(notificationsRecentesQuery).data?.non_lues)
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as { onglet?: string; tache?: string; vue?: string; cible?: string; objet?: string }
  const wide = useMediaQuery('(min-width: 1100px)', true, { getInitialValueInEffect: false })
  const phone = useMediaQuery('(max-width: 759px)', false, { getInitialValueInEffect: false })
  const [dialog, setDialog] = useState<CockpitDialog | null>(null)
  const [side, setSide] = useState(false)
  const composer = useRef<HTMLTextAreaElement>(null)

  const tabs = tabsOf(demarche)
  const onglet: Onglet = tabs.find((tab) => tab.cle === search.onglet)?.cle ?? 'activite'
  const own = ownTab(demarche, onglet)
  /** Shown alone: it takes all the width. */
  const board = onglet === 'schema' || (onglet === 'taches' && search.vue === 'tableau')

  const go = (next: Record<string, string | undefined>): void => {
    const merged = Object.entries({ ...search, ...next }).filter(([, value]) => value)
    void navigate({ to: '/demarches/$id', params: { id: demarche.id } as never, search: Object.fromEntries(merged) as never, replace: true, resetScroll: false })
  }
  const goRef = useRef(go)
  useEffect(() => {
    goRef.current = go
  })
  const choose = (next: Onglet): void => go({ onglet: next === 'activite' ? undefined : next, vue: undefined, tache: undefined })
  const write = (): void => {
    if (onglet !== 'activite') choose('activite')
    setTimeout(() => composer.current?.focus(), 60)
  }

  // A notification names what it is about: show that, and drop it from the address.
  const { cible } = search
  useEffect(() => {
    if (!cible) return
    const [kind, id = ''] = cible.split(':')
    const found = demarche.pieces.find((piece) => kind === 'piece' && piece.id === id)
    if (found && toCheck(found)) void navigate({ to: '/pieces', search: { demarche: demarche.id, piece: id } as never, replace: true })
    else {
      if (kind === 'formulaire' && demarche.corrections.some(({ formulaire, statut }) => formulaire === id && statut === 'a_verifier')) setDialog({ type: 'verification', nom: id })
      goRef.current({ cible: undefined, ...(kind === 'tache' ? { tache: id } : kind === 'piece' || kind === 'document' ? { onglet: 'documents' } : {}) })
    }
  }, [cible, demarche.id, demarche.pieces, demarche.corrections, navigate])

  const working = isWorking(demarche)
  useShortcuts({
    ...Object.fromEntries(tabs.map((tab, index) => [String(index + 1), () => choose(tab.cle)])),
    c: write,
    ...(working ? { t: () => setDialog({ type: 'tache' }), a: () => setDialog({ type: 'action' }) } : {}),
  })

  const etapes = <Etapes demarche={demarche} onDialog={setDialog} onTache={(tache) => go({ tache })} onCollection={(cle) => choose(tabOf(demarche, cle))} />
  const aside = <Aside demarche={demarche} onDialog={setDialog} onTache={(tache) => go({ tache })} />
  return (
    <NowProvider value={demarche.maintenant}>
      <Header demarche={demarche} onDialog={setDialog} onWrite={write} />
      <Tabs
        demarche={demarche}
        tabs={tabs}
        onglet={onglet}
        onChange={choose}
        aside={!wide && <Button variant="default" size="xs" leftSection={<IconLayoutSidebarRight size={15} stroke={STROKE} />} onClick={() => setSide(true)}>Détails</Button>}
      />
      <Banner demarche={demarche} onDialog={setDialog} />
      <Corrections demarche={demarche} onDialog={setDialog} />
      <div className={classes.columns} data-large={board || undefined}>
        {!board && (phone ? (
          <details className={classes.fold}>
            <summary>Étapes</summary>
            {etapes}
          </details>
        ) : (
          <Card className={classes.etapes} defile="Étapes">{etapes}</Card>
        ))}
        <div className={classes.content} role="tabpanel" id={`panneau-${onglet}`} aria-labelledby={`onglet-${onglet}`}>
          {onglet === 'activite' && <Activite demarche={demarche} composer={composer} />}
          {onglet === 'taches' && (
            <Taches demarche={demarche} vue={search.vue === 'tableau' ? 'tableau' : 'liste'} onVue={(vue) => go({ vue: vue === 'tableau' ? vue : undefined })} onTache={(tache) => go({ tache })} onDialog={setDialog} />
          )}
          {onglet === 'documents' && <Documents demarche={demarche} onDialog={setDialog} onHistorique={(objet) => go({ objet })} />}
          {onglet === 'finances' && <Finances demarche={demarche} onDialog={setDialog} />}
          {onglet === 'communications' && <Activite key="communications" demarche={demarche} composer={composer} familles={['echange', 'notification']} titre="Échanges et envois" />}
          {onglet === 'compte' && <Compte demarche={leftOver(demarche)} onDialog={setDialog} />}
          {onglet === 'fiche' && <Fiche demarche={leftOver(demarche)} onDialog={setDialog} />}
          {onglet === 'schema' && <Schema demarche={demarche} />}
          {own && <Contextuel demarche={demarche} onglet={own} onDialog={setDialog} />}
          {own && own === financesOf(demarche) && <Finances demarche={demarche} onDialog={setDialog} />}
        </div>
        {wide && !board && <aside className={classes.aside} aria-label="Client, échéances, équipe">{aside}</aside>}
      </div>
      {!wide && <SideDialog opened={side} onClose={() => setSide(false)} position="right" size={340} title="Détails">{aside}</SideDialog>}
      {search.tache && <TacheDialog demarche={demarche} id={search.tache} onClose={() => go({ tache: undefined })} onDialog={setDialog} onHistorique={(objet) => go({ tache: undefined, objet })} />}
      {search.objet && <Historique demarche={demarche} objet={search.objet} onClose={() => go({ objet: undefined })} />}
      {dialog && <CockpitDialogs demarche={demarche} dialog={dialog} onClose={() => setDialog(null)} />}
    </NowProvider>
  )
}
