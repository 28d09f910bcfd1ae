import '@shared/theme/composants.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconFlag, IconMessage2Question, IconPlus } from '@tabler/icons-react'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import { demarcheQuery, notificationsQuery } from '@shared/api/queries'
import type { DemarcheView } from '@shared/api/types'
import { ProgressSegments } from '@shared/components/Progress'
import { References } from '@shared/components/References'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { dayOfYear, isAhead, NBSP, nowOf, percent } from '@shared/format'
import { Bandeau } from '@shared/demarche/Bandeau'
import { nextDate, segmentsOf } from '@shared/demarche/etapes'
import { FINANCES } from '@shared/demarche/finances'
import { NowProvider } from '@shared/hooks/useNow'
import { STROKE } from '@shared/icons'
import { useReadNews } from '@shared/notifications/useReadNews'
import { part } from '@shared/router/lazy'
import { Page } from '../components/Page'
import { Bell, TopBar } from '../components/Shell'
import classes from './Demarche.module.css'
import { Faits, Synthese } from './Synthese'

const AddTask = part(async () => (await import('./Taches')).AddTask)
const Documents = part(async () => (await import('./Documents')).Documents)
const Echanges = part(async () => (await import('./Echanges')).Echanges)
const Equipe = part(async () => (await import('./Equipe')).Equipe)
const Finances = part(async () => (await import('./Finances')).Finances)
const Historique = part(async () => (await import('./Echanges')).Historique)
const HistoriqueEtapes = part(async () => (await import('./Echanges')).HistoriqueEtapes)
const Taches = part(async () => (await import('./Taches')).Taches)

export const ONGLETS = ['synthese', 'taches', 'documents', 'echanges', 'historique', 'etapes', 'finances', 'equipe'] as const
export type Onglet = (typeof ONGLETS)[number]

const labels: Record<Onglet, string> = {
  synthese: 'Synthèse & Prochaines Étapes',
  taches: 'Tâches',
  documents: 'Documents',
  echanges: 'Échanges & Historique',
  historique: 'Historique du Dossier',
  etapes: 'Historique des étapes',
  finances: FINANCES,
  equipe: 'Équipe',
}

const cycles: Partial<Record<DemarcheView['cycle'], string>> = {
  suspendue: 'Cette démarche est en pause. Rien n’est attendu de vous, et aucune relance ne part.',
  annulee: 'Cette démarche a été annulée.',
  refusee: 'Cette demande n’a pas été retenue.',
  terminee: 'C’est terminé. Vos documents restent disponibles ici.',
}

/** A démarche as its client follows it (DOS-14 to DOS-18). */
export function DemarchePage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, refetch } = useQuery(demarcheQuery(id))
  if (!data) {
    return (
      <Page titre="Démarche" sansTitre={!error} barre={<Bar />}>
        {error ? (
          <ErrorState error={error} onRetry={() => void refetch()} ailleurs={<Button variant="default" component={Link} to="/demarches">Voir mes démarches</Button>} />
        ) : (
          <SkeletonRows lignes={5} hauteur={90} />
        )}
      </Page>
    )
  }
  return <Loaded view={data} />
}

/** Bar of the page; the actions stand in it on a desktop, in the fixed foot on a phone. */
function Bar({ children }: { children?: ReactNode }) {
  const right = <>{children && <div className={classes.headActions}>{children}</div>}<Bell /></>
  return <TopBar titre="Démarche" retour={{ to: '/demarches', libelle: 'Mes démarches' }} droite={right} />
}

function Loaded({ view }: { view: DemarcheView }) {
  useReadNews(view.id, useQuery(notificationsQuery()).data?.non_lues)
  const search = useSearch({ strict: false })
  const navigate = useNavigate()
  const onglet: Onglet = search.onglet ?? 'synthese'
  // Its code comes the first time it is asked for; it then stays, with what is typed in it.
  const [adding, setAdding] = useState<boolean | null>(null)
  const tabs = useRef<HTMLElement>(null)
  const mine = view.attentes.filter((wait) => wait.a_moi)
  const counts: Partial<Record<Onglet, number>> = {
    taches: mine.filter((wait) => wait.kind === 'tache').length,
    documents: mine.filter((wait) => wait.kind === 'piece').length,
  }
  useEffect(() => {
    tabs.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ inline: 'center', block: 'nearest' })
  }, [onglet])
  const next = nextDate(view)
  const canAdd = view.cycle === 'ouverte' && view.phase === 'dossier'
  const notice = cycles[view.cycle]
  const actions = (
    <>
      <button type="button" onClick={() => void navigate({ to: '/demarches/$id', params: { id: view.id }, search: { onglet: 'echanges', question: true } })}>
        <IconMessage2Question size={22} stroke={STROKE} aria-hidden />Ouvrir un ticket / Poser une question
      </button>
      {canAdd && (
        <button type="button" onClick={() => setAdding(true)}>
          <IconPlus size={22} stroke={STROKE} aria-hidden />Ajouter une tâche
        </button>
      )}
    </>
  )

  const entete = (
    <>
      <div className={classes.header}>
        <StatusBadge objet="demarche" cle={view.statut.cle} perso={view.badge ?? view.statut} />
        <h1>{view.titre}</h1>
        <p className={classes.muted}><References>{`${view.modele_titre} · Réf.${NBSP}${view.reference}`}</References></p>
        {view.phase === 'dossier' && view.bandeau.length > 0 && <Bandeau bandeau={view.bandeau} />}
        {view.phase === 'dossier' && view.etapes.length > 0 && (
          <div className={classes.progress}>
            <ProgressSegments segments={segmentsOf(view)} texte={`Étape ${view.etape_rang} sur ${view.etapes_total}, ${percent(view.progression / 100)}`} />
            <p className={classes.place}>
              <span>{view.etape_rang > 0 && <><strong>Étape {view.etape_rang} sur {view.etapes_total}</strong> · </>}{percent(view.progression / 100)}</span>
              {!view.prochaine_echeance && isAhead(view.fin_prevue, nowOf(view)) ? (
                <span className={classes.end}><IconFlag size={20} stroke={STROKE} aria-hidden />Fin prévue vers le <strong>{dayOfYear(view.fin_prevue ?? '', nowOf(view))}</strong></span>
              ) : next && (
                <span className={classes.end}><IconFlag size={20} stroke={STROKE} aria-hidden />Prochaine échéance le <strong>{dayOfYear(next, nowOf(view))}</strong></span>
              )}
            </p>
          </div>
        )}
        {search.nouvelle && view.statut.cle === 'recue' && (
          <p className={classes.success} role="status">C’est reçu. Nous regardons votre demande sous 2{NBSP}jours ouvrés, et nous vous prévenons ici.</p>
        )}
        {notice && (
          <div className={classes.notice}>
            <p>{notice}{view.motif ? ` Motif : ${view.motif}` : ''}</p>
            {view.cycle === 'refusee' && <p>Votre situation a changé, ou un point n’est pas clair ? Écrivez-nous ci-dessous, ou faites une <Link to="/services">nouvelle demande</Link>.</p>}
          </div>
        )}
      </div>
      <nav aria-label="Parties de la démarche" className={classes.tabs} ref={tabs}>
        <ul>
          {ONGLETS.map((key) => (
            <li key={key}>
              <Link
                to="/demarches/$id"
                params={{ id: view.id }}
                search={key === 'synthese' ? {} : { onglet: key }}
                className={classes.tab}
                activeOptions={{ exact: true, includeSearch: true }}
              aria-current={key === onglet ? 'page' : 'false'}
                resetScroll={false}
                replace
              >
                {labels[key]}
                {counts[key] ? <span className={classes.count}>{counts[key]}<span className="el-hors-vue"> à faire</span></span> : null}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </>
  )

  return (
    <NowProvider value={view.maintenant}>
      <Page titre={view.titre} sansTitre entete={entete} barre={<Bar>{actions}</Bar>} droite={onglet === 'synthese' ? <Faits view={view} /> : undefined}>
        {onglet === 'synthese' && <Synthese key={view.id} view={view} />}
        <Suspense fallback={<SkeletonRows lignes={4} hauteur={90} />}>
          {onglet === 'taches' && <Taches view={view} onAdd={() => setAdding(true)} />}
          {onglet === 'documents' && <Documents view={view} />}
          {onglet === 'echanges' && <Echanges view={view} focus={Boolean(search.question)} />}
          {onglet === 'historique' && <Historique view={view} />}
          {onglet === 'etapes' && <HistoriqueEtapes view={view} />}
          {onglet === 'finances' && <Finances view={view} />}
          {onglet === 'equipe' && <Equipe view={view} />}
        </Suspense>
      </Page>
      <div className={classes.foot}>{actions}</div>
      {adding !== null && <Suspense><AddTask demarcheId={view.id} ouvert={adding} onClose={() => setAdding(false)} onDone={() => void navigate({ to: '/demarches/$id', params: { id: view.id }, search: { onglet: 'taches' } })} /></Suspense>}
    </NowProvider>
  )
}
