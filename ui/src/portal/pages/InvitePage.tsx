import '@shared/theme/composants.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconArrowLeft, IconCheck, IconClipboardText, IconLogout } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { demarcheQuery, keysOf } from '@shared/api/queries'
import { useLogout, useMoi } from '@shared/api/session'
import type { DemarcheView, FormView } from '@shared/api/types'
import { hasCollections } from '@shared/collections/has'
import { Card, Section } from '@shared/components/Card'
import { EtapeTimeline } from '@shared/components/EtapeTimeline'
import { Logo } from '@shared/components/Logo'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { timelineOf } from '@shared/demarche/etapes'
import { count, nowOf } from '@shared/format'
import { STROKE } from '@shared/icons'
import { useLive } from '@shared/hooks/useLive'
import { part } from '@shared/router/lazy'
import { IconTile } from '../components/IconTile'
import { DocumentLine } from '../demarche/Documents'
import { MyTask } from '../demarche/Taches'
import { DepositView } from '../components/Depot'
import { spare } from '../components/PieceList'
import classes from './InvitePage.module.css'

const Collections = lazy(() => import('@shared/collections/Collections'))
const EtapeFormCard = part(async () => (await import('../components/EtapeFormCard')).EtapeFormCard)
const ActionRequise = part(async () => (await import('../demarche/ActionRequise')).ActionRequise)
const Rubriques = lazy(() => import('../demarche/Rubriques'))

/** The whole space of a participant: their forms, then their documents, one at a time (EMB-06). */
export function InvitePage() {
  const moi = useMoi()
  const id = moi.demarche_id ?? ''
  useLive(keysOf)
  const { data, error, refetch } = useQuery(demarcheQuery(id))
  const logout = useLogout()
  const [editing, setEditing] = useState<string | null>(null)
  const forms = data?.etapes.flatMap((etape) => etape.formulaires) ?? []
  const toFill = forms.filter((form) => form.a_moi)
  const actions = data?.actions.filter((action) => action.a_moi && action.nature !== 'correction') ?? []
  const asked = new Set(actions.map((action) => action.id))
  // Those that an action asks for are given in its own block.
  const pieces = data?.pieces.filter((piece) => piece.statut !== 'sans_objet' && !(piece.action && asked.has(piece.action))) ?? []
  const toGive = pieces.filter((piece) => piece.a_moi && !spare(piece))
  const tasks = data?.taches.filter((tache) => tache.a_moi) ?? []
  const documents = data?.documents.filter((document) => document.file) ?? []
  const left = toFill.length + toGive.length + tasks.length + actions.length

  return (
    <div className={classes.shell}>
      <a href="#contenu" className="el-evitement">Aller au contenu</a>
      <header className={classes.top}>
        <Logo />
        <Button variant="subtle" size="sm" leftSection={<IconLogout size={20} stroke={STROKE} />} onClick={() => void logout()}>Quitter</Button>
      </header>
      <main id="contenu" className={classes.page}>
        {!data && (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={4} hauteur={110} />)}
        {data && editing && (
          <>
            <Button variant="subtle" className={classes.back} leftSection={<IconArrowLeft size={20} stroke={STROKE} />} onClick={() => setEditing(null)}>Revenir à ma liste</Button>
            <h1>{forms.find((form) => form.nom === editing)?.titre}</h1>
            <Suspense fallback={<SkeletonRows lignes={5} hauteur={84} />}>
              <EtapeFormCard demarcheId={id} nom={editing} onDone={() => { setEditing(null); window.scrollTo(0, 0) }} />
            </Suspense>
          </>
        )}
        {data && !editing && (
          <>
            <div className={classes.hello}>
              {/* Whole: an office has no first name. */}
              <p>Bonjour {[moi.prenom, moi.nom].filter(Boolean).join(' ')}</p>
              {data.badge && <StatusBadge objet="demarche" cle={data.statut.cle} perso={data.badge} />}
              <p>{told(data.cycle, left, pieces.some(spare))}</p>
            </div>
            {forms.length > 0 && (
              <ul className={classes.forms}>
                {forms.map((form) => <FormLine key={form.nom} form={form} onOpen={() => setEditing(form.nom)} />)}
              </ul>
            )}
            {tasks.length > 0 && (
              <Section titre="À faire">
                {tasks.map((tache) => <MyTask key={tache.id} demarcheId={id} tache={tache} premiere={false} />)}
              </Section>
            )}
            {actions.length > 0 && (
              <Suspense fallback={<SkeletonRows lignes={2} hauteur={90} />}><ActionRequise view={{ ...data, attentes: [] }} /></Suspense>
            )}
            <DepositView view={data} pieces={pieces} replie={toFill.length > 0} />
            {/* Of one étape alone, what is to be done says it all. */}
            {data.etapes.length > 1 && (
              <Section titre="Les étapes"><EtapeTimeline etapes={timelineOf(data, nowOf(data))} /></Section>
            )}
            {hasCollections(data) && (
              <Suspense fallback={<SkeletonRows lignes={3} hauteur={90} />}><Collections demarche={data} /></Suspense>
            )}
            {data.onglets.length > 0 && <Suspense><Rubriques demarche={data} /></Suspense>}
            {documents.length > 0 && (
              <Section titre="Préparés pour vous">
                <Card nue><ul>{documents.map((document) => <DocumentLine key={document.id} document={document} />)}</ul></Card>
              </Section>
            )}
          </>
        )}
      </main>
    </div>
  )
}

/** What is expected of them, in one sentence. */
function told(cycle: DemarcheView['cycle'], left: number, possible: boolean): string {
  if (cycle === 'suspendue') return 'Ce dossier est en pause. Rien n’est attendu de vous pour le moment.'
  if (cycle !== 'ouverte') return 'Ce dossier est terminé. Plus rien n’est attendu de vous, merci.'
  if (left > 0) return `Il reste ${count(left, 'chose')} à faire, une à la fois.`
  if (possible) return 'Déposez ici ce que vous avez à nous remettre. Rien n’est obligatoire.'
  return 'Tout est en ordre. Nous vous préviendrons si nous avons besoin de vous.'
}

function FormLine({ form, onOpen }: { form: FormView; onOpen: () => void }) {
  return (
    <li>
      <Card variante={form.a_moi ? 'attente' : 'simple'}>
        <div className={classes.form}>
          <IconTile icone={form.fait && !form.a_moi ? IconCheck : IconClipboardText} ton={form.a_moi ? 'client' : form.fait ? 'fait' : 'cabinet'} />
          <div>
            <strong>{form.titre}</strong>
            <p>{form.a_corriger ? 'Quelques réponses sont à corriger. Le reste est bien reçu.' : form.a_moi ? 'Environ 5 minutes. Vous pouvez vous arrêter et reprendre.' : form.fait ? 'C’est envoyé, merci.' : 'À compléter plus tard.'}</p>
          </div>
          {form.a_moi && <Button onClick={onOpen}>{form.a_corriger ? 'Corriger' : 'Compléter'}</Button>}
        </div>
      </Card>
    </li>
  )
}
