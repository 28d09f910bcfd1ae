import { Button, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { IconArrowLeft, IconArrowRight, IconHandFinger } from '@tabler/icons-react'
import { demarcheQuery } from '@shared/api/queries'
import type { PastView, SeenView } from '@shared/api/types'
import { Figures } from '@shared/collections/Figures'
import { Card, Section } from '@shared/components/Card'
import { EtapeTimeline } from '@shared/components/EtapeTimeline'
import { ProgressSegments } from '@shared/components/Progress'
import { References } from '@shared/components/References'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { segmentsOf, timelineOf } from '@shared/demarche/etapes'
import { civilDay, dayOfYear, fullDate, hour, type Instant, NBSP, percent } from '@shared/format'
import { STROKE } from '@shared/icons'
import { vueClientQuery } from '../api/queries'
import { DateField } from '../components/DateField'
import { Screen, ScreenHead } from '../components/Screen'
import { instantOf } from '../components/time'
import classes from './VueClientPage.module.css'

const CLIENT = 'client'

/** « Ce que le client voyait »: the démarche as someone outside the firm saw it at a chosen instant, read only. */
export function VueClientPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const search = useSearch({ strict: false }) as { le?: string; lecteur?: string }
  const navigate = useNavigate()
  const { data: demarche } = useQuery(demarcheQuery(id))
  const past = useQuery(vueClientQuery(id, search.le, search.lecteur ?? CLIENT))
  const go = (next: { le?: string | undefined; lecteur?: string }): void => {
    const merged = Object.entries({ ...search, ...next }).filter(([, value]) => value)
    void navigate({ to: '/demarches/$id/vue-client', params: { id } as never, search: Object.fromEntries(merged) as never, replace: true, resetScroll: false })
  }
  return (
    <Screen fil={[{ libelle: 'Démarches', to: '/demarches' }, { libelle: demarche?.reference ?? '…', to: `/demarches/${id}` }, { libelle: 'Ce que le client voyait' }]}>
      <ScreenHead titre="Ce que le client voyait" sousTitre="Reconstitué depuis le journal, avec la version du modèle de ce jour-là. Rien ne peut y être modifié." />
      {past.isError ? <Card><ErrorState error={past.error} onRetry={() => void past.refetch()} /></Card>
        : !past.data ? <Card nue><SkeletonRows lignes={8} hauteur={54} /></Card>
        : (
          <>
            <Controls past={past.data} now={search.le === undefined} onGo={go} />
            <Seen view={past.data.vue} at={past.data.le} busy={past.isPlaceholderData} />
          </>
        )}
    </Screen>
  )
}

interface ControlsProps {
  past: PastView
  now: boolean
  onGo: (next: { le?: string | undefined; lecteur?: string }) => void
}

/** Whose eyes, and when: a day, or one change after the other. */
function Controls({ past, now, onGo }: ControlsProps) {
  const { precedent, suivant } = past
  return (
    <Card className={classes.controls ?? ''}>
      <Select
        className={classes.reader ?? ''}
        label="Vu par"
        value={past.lecteur}
        data={past.lecteurs.map(({ cle, nom, libelle }) => ({ value: cle, label: `${nom} (${libelle})` }))}
        allowDeselect={false}
        onChange={(lecteur) => lecteur && onGo({ lecteur })}
      />
      <DateField
        label="À la fin de la journée du"
        value={civilDay(past.le)}
        min={civilDay(past.premier)}
        onChange={(day) => onGo({ le: day ? endOf(day, past) : undefined })}
      />
      <div className={classes.steps}>
        <Button variant="default" leftSection={<IconArrowLeft size={16} stroke={STROKE} />} disabled={!precedent} onClick={() => onGo({ le: precedent ?? undefined })}>Changement précédent</Button>
        <Button variant="default" rightSection={<IconArrowRight size={16} stroke={STROKE} />} disabled={!suivant} onClick={() => onGo({ le: suivant ?? undefined })}>Changement suivant</Button>
        {!now && <Button variant="subtle" onClick={() => onGo({ le: undefined })}>Aujourd’hui</Button>}
      </div>
      <p className={classes.at} role="status">{now ? 'Telle qu’elle est maintenant' : `${fullDate(past.le)} à ${hour(past.le)}`}</p>
    </Card>
  )
}

/** The end of a civil day; never before the opening. */
function endOf(day: string, past: PastView): string {
  const end = instantOf(day, '23:59')
  return Date.parse(end) < Date.parse(past.premier) ? past.premier : end
}

function Seen({ view, at, busy }: { view: SeenView; at: Instant; busy: boolean }) {
  const mine = view.attentes.filter((wait) => wait.a_moi)
  const pieces = view.pieces.filter((piece) => piece.statut !== 'sans_objet')
  const documents = view.documents.filter((document) => document.file)
  return (
    <div className={classes.seen} aria-busy={busy}>
      <div className={classes.head}>
        <StatusBadge objet={view.phase === 'demande' ? 'demande' : 'demarche'} cle={view.statut.cle} perso={view.badge ?? view.statut} />
        <h2>{view.titre}</h2>
        <p><References>{`${view.modele_titre} · Réf.${NBSP}${view.reference}`}</References></p>
        {view.phase === 'dossier' && view.etapes.length > 0 && (
          <div className={classes.progress}>
            <ProgressSegments segments={segmentsOf(view)} texte={`Étape ${view.etape_rang} sur ${view.etapes_total}, ${percent(view.progression / 100)}`} />
            <p><strong>Étape {view.etape_rang} sur {view.etapes_total}</strong> · {percent(view.progression / 100)}</p>
          </div>
        )}
      </div>
      <div className={classes.columns}>
        <Section titre="Les étapes"><Card><EtapeTimeline etapes={timelineOf(view, at)} /></Card></Section>
        <div>
          {view.lectures.filter(({ chiffres, refus }) => chiffres.length > 0 || refus).map((lecture) => (
            <Section key={lecture.cle} titre={lecture.libelle ?? 'Ce jour-là'}>
              <Card nue><Figures lecture={lecture} /></Card>
            </Section>
          ))}
          <Section titre="Ce qui l’attendait">
            <Card nue>
              {mine.length === 0 ? <EmptyState>Rien n’était attendu de cette personne.</EmptyState> : (
                <ul>
                  {mine.map((wait) => (
                    <li key={`${wait.kind}/${wait.id}`} className={classes.row}>
                      <IconHandFinger size={16} stroke={STROKE} aria-hidden />
                      <span>{wait.label}</span>
                      {wait.due_at && <span className={classes.aside}>avant le {dayOfYear(wait.due_at, at)}</span>}
                    </li>
                  ))}
                </ul>
              )}
            </Card>
          </Section>
          <Section titre="Documents">
            <Card nue>
              {pieces.length + documents.length === 0 ? <EmptyState>Aucun document à cette date.</EmptyState> : (
                <ul>
                  {pieces.map((piece) => (
                    <li key={piece.id} className={classes.row}>
                      <span>{piece.titre}{piece.motif && piece.statut === 'refuse' && <em>{piece.motif}</em>}</span>
                      <StatusBadge objet="piece" cle={piece.statut} court />
                    </li>
                  ))}
                  {documents.map((document) => (
                    <li key={document.id} className={classes.row}>
                      <span>{document.titre}</span>
                      <StatusBadge objet="document" cle={document.statut} court />
                    </li>
                  ))}
                </ul>
              )}
            </Card>
          </Section>
        </div>
      </div>
    </div>
  )
}
