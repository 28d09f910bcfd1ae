import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import {
  IconChevronRight, IconClipboardText, IconFileAlert, IconListCheck, IconMessage2, IconMessage2Question, IconPlus, IconUpload,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { attentesQuery, catalogueQuery, demarchesQuery, notificationsQuery } from '@shared/api/queries'
import { useMoi } from '@shared/api/session'
import type { WaitKind } from '@shared/api/types'
import { Card, Section } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { dayOfYear, fullDate } from '@shared/format'
import { iconNamed, STROKE } from '@shared/icons'
import { toneOfColour } from '@shared/statuses'
import { type Attente, gather, HOME_LIST, summary } from '../attentes'
import { AttenteLink } from '../components/AttenteLink'
import { DemarcheCard } from '../components/DemarcheCard'
import { Drafts } from '../components/Drafts'
import { Due } from '../components/Due'
import { Mountains } from '../components/Hero'
import { IconTile } from '../components/IconTile'
import { Bell, CabinetFoot, ProfileLink } from '../components/Shell'
import { Adviser, Dates, Invitation, News } from './HomeNews'
import classes from './HomePage.module.css'

const icons: Partial<Record<WaitKind, typeof IconUpload>> = {
  piece: IconFileAlert,
  formulaire: IconClipboardText,
  correction: IconClipboardText,
  tache: IconListCheck,
  action: IconMessage2,
  information: IconMessage2,
}

/** First screen: what is expected of you, then where things are (DOS-03, DOS-04, TCH-14). */
export function HomePage() {
  const moi = useMoi()
  const attentes = useQuery(attentesQuery)
  const demarches = useQuery(demarchesQuery(HOME_LIST))
  const news = useQuery(notificationsQuery())
  // Nothing in progress, and never told of anything: somebody who has just arrived.
  const debut = demarches.data?.total === 0 && news.data?.items.length === 0
  const lines = attentes.data ? gather(attentes.data.items) : null
  const total = lines?.reduce((sum, line) => sum + line.n, 0) ?? 0
  useEffect(() => {
    document.title = 'Accueil · eLaska'
  }, [])

  return (
    <div className={classes.page}>
      <div className={classes.hero} data-rien={lines?.length === 0 || undefined}>
        <Mountains />
        <div className={classes.heroTop}>
          <p className={classes.date}>{fullDate(Date.now())}</p>
          <div className={classes.heroActions}>
            <Bell clair />
            <ProfileLink nom={`${moi.prenom} ${moi.nom}`} initiales={moi.initiales} clair />
          </div>
        </div>
        <h1>Bonjour {moi.prenom}</h1>
        <p className={classes.summary}>{lines ? summary(total, debut) : ' '}</p>
      </div>

      <div className={classes.grid}>
        <div className={classes.column}>
          {lines === null ? (
            attentes.error ? (
              <div className={`${classes.waiting} ${classes.lead}`}><ErrorState error={attentes.error} onRetry={() => void attentes.refetch()} /></div>
            ) : (
              <div className={`${classes.waiting} ${classes.lead}`}><SkeletonRows lignes={2} hauteur={96} /></div>
            )
          ) : (
            lines.length > 0 && <Waiting lines={lines} total={total} />
          )}
          <div className={classes.drafts}><Drafts /></div>
          <div className={classes.progress}><InProgress /></div>
          <div className={classes.news}><News /></div>
        </div>
        <aside className={classes.column}>
          <Actions />
          <div className={classes.dates}><Dates /></div>
          <div className={classes.adviser}><Adviser /></div>
          <div className={classes.install}><Invitation /></div>
        </aside>
      </div>
      <CabinetFoot />
    </div>
  )
}

/** Lines of what is awaited after the first, before all are asked for. */
const SHOWN = 5

function Waiting({ lines, total }: { lines: Attente[]; total: number }) {
  const [all, setAll] = useState(false)
  const [first, ...others] = lines
  if (!first) return null
  const rest = all || others.length <= SHOWN + 1 ? others : others.slice(0, SHOWN)
  return (
    <section aria-labelledby="attente" className={classes.lead}>
      <div className={classes.waitingHead}>
        <h2 id="attente">Ce qui vous attend</h2>
        <span className={classes.toDo}><span className={classes.count}>{total}</span>{total > 1 ? 'Tâches' : 'Tâche'} à traiter</span>
      </div>
      <ul className={classes.waiting}>
        <li className={classes.first}>
          <IconTile icone={icons[first.kind] ?? IconListCheck} ton={first.retard ? 'probleme' : 'client'} />
          <div className={classes.firstText}>
            <p className={classes.context}>{first.demarche}</p>
            <h3>{first.titre}</h3>
            {first.detail && <p className={classes.detail}>{first.detail}</p>}
          </div>
          <div className={classes.firstFoot}>
            {first.due ? <Due at={first.due} retard={first.retard} /> : <span />}
            <AttenteLink attente={first} className={classes.primary}>
              <IconUpload size={22} stroke={STROKE} aria-hidden data-kind={first.kind} />
              {first.action}
            </AttenteLink>
          </div>
        </li>
        {rest.map((line) => (
          <li key={line.cle}>
            <AttenteLink attente={line} className={classes.more}>
              <IconTile icone={icons[line.kind] ?? IconListCheck} ton={line.retard ? 'probleme' : 'client'} />
              <span className={classes.moreText}>
                <strong>{line.titre}</strong>
                <span>{line.demarche}</span>
                {line.due && <span className={classes.moreDue}>{line.retard ? 'C’était attendu le' : 'Avant le'} {dayOfYear(line.due)}</span>}
              </span>
              <IconChevronRight size={22} stroke={STROKE} aria-hidden />
            </AttenteLink>
          </li>
        ))}
      </ul>
      {rest.length < others.length && (
        <Button variant="light" fullWidth mt="sm" onClick={() => setAll(true)}>Voir les {others.length - rest.length} autres</Button>
      )}
    </section>
  )
}

/** Requests that home offers before the whole catalogue. */
const SERVICES = 3

function Actions() {
  const moi = useMoi()
  const catalogue = useQuery(catalogueQuery(moi.tiers[0]?.id))
  const services = catalogue.data?.filter(({ accueil }) => accueil).slice(0, SERVICES) ?? []
  return (
    <section className={classes.actions}>
      <h2>Que souhaitez-vous faire ?</h2>
      <ul className={classes.tiles}>
        {services.map(({ modele, icone, couleur, libelle }) => (
          <li key={modele}>
            <Link to="/services/$modele" params={{ modele }} className={classes.tile}>
              <IconTile icone={iconNamed(icone)} ton={toneOfColour(couleur)} taille={42} />{libelle}
            </Link>
          </li>
        ))}
        <li><Link to="/documents" className={classes.tile}><IconTile icone={IconUpload} taille={42} />Déposer un document</Link></li>
        <li><Link to="/contact" className={classes.tile}><IconTile icone={IconMessage2Question} taille={42} />Poser une question</Link></li>
        <li><Link to="/services" className={classes.tile}><IconTile icone={IconPlus} taille={42} />Nouvelle Demande</Link></li>
      </ul>
    </section>
  )
}

function InProgress() {
  const { data, error, refetch } = useQuery(demarchesQuery(HOME_LIST))
  return (
    <Section
      titre="Démarches en cours"
      aside={data && data.total > 0 ? <Link to="/demarches" className={classes.all}>Tout voir <IconChevronRight size={18} stroke={STROKE} aria-hidden /></Link> : undefined}
    >
      {!data && (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={3} hauteur={116} />)}
      {data?.total === 0 && (
        <Card>
          <EmptyState action={<Button component={Link} to="/services" variant="outline">Nouvelle Demande</Button>}>
            Aucune démarche pour l’instant. De quoi avez-vous besoin ?
          </EmptyState>
        </Card>
      )}
      {data?.items.map((demarche) => <DemarcheCard key={demarche.id} demarche={demarche} />)}
    </Section>
  )
}
