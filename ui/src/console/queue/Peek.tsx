import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconArrowUpRight, IconCheck, IconFileText } from '@tabler/icons-react'
import { demarcheQuery } from '@shared/api/queries'
import { useMoi } from '@shared/api/session'
import type { DemarcheView, TacheView, WorkItem } from '@shared/api/types'
import { Avatar } from '@shared/components/Avatar'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { TurnMark } from '@shared/components/TurnMark'
import { TurnPill } from '@shared/components/TurnPill'
import { fieldText, singleAnswers } from '@shared/demarche/reponses'
import { ago, capital, civilDay, fullDate, hour, type Instant, nowOf, relativeDay, shortDate } from '@shared/format'
import { STROKE } from '@shared/icons'
import { activiteQuery } from '../api/queries'
import { useCommands } from '../api/commands'
import { Checklist } from '../components/Checklist'
import classes from './Peek.module.css'
import { canFinish } from './useFinish'
import { kindNames, placeOf, waiting } from './work'

interface Props {
  item: WorkItem
  onFinish: () => void
  onReport: () => void
  onWrite: () => void
  onOpen: () => void
}

const dueInWords = (at: string, now: Instant): string => `${capital(relativeDay(at, now))}, ${hour(at)}`

/** What must be known to deal with one item without leaving the queue. */
export function Peek({ item, onFinish, onReport, onWrite, onOpen }: Props) {
  const moi = useMoi()
  const { data, error, refetch } = useQuery(demarcheQuery(item.demarche_id))
  const tache = data?.taches.find((each) => each.id === item.item_id && item.kind === 'tache')
  const etape = data?.etapes.find((each) => each.cle === item.etape)
  const mine = item.user_id === moi.id
  return (
    <div className={classes.peek}>
      <div className={classes.body}>
        <div className={classes.head}>
          <div className={classes.headTop}>
            <TurnPill tour={item.side} nom={item.side === 'cabinet' ? (mine ? 'À vous de jouer' : item.nom) : item.nom} />
            <Link to={placeOf(item).split('?')[0] ?? '/'} className={classes.open} aria-label="Ouvrir la démarche"><IconArrowUpRight size={18} stroke={STROKE} /></Link>
          </div>
          <h2>{item.label}</h2>
          <p>{etape && data ? `Étape ${etape.rang} sur ${data.etapes_total} · ${etape.titre}` : kindNames[item.kind]}</p>
        </div>
        <dl className={classes.facts}>
          <div><dt>Démarche</dt><dd><Link to={`/demarches/${item.demarche_id}`}>{item.titre}</Link></dd></div>
          <div><dt>Client</dt><dd>{item.client_nom}</dd></div>
          {item.due_at && <div><dt>Échéance</dt><dd title={fullDate(item.due_at)} data-retard={item.retard || undefined}>{dueInWords(item.due_at, nowOf(item))}</dd></div>}
          <div><dt>En attente</dt><dd>{waiting(item)}</dd></div>
          {data?.dates_cles.map(({ champ, libelle, valeur }) => valeur && <div key={champ}><dt>{libelle}</dt><dd>{shortDate(valeur)}</dd></div>)}
          {(tache?.priorite ?? item.priorite) === 'urgente' && <div><dt>Priorité</dt><dd><StatusBadge objet="tache" cle="en_retard" perso={{ libelle: 'Urgent', icone: 'flag' }} /></dd></div>}
          <div><dt>Responsable</dt><dd className={classes.person}><Avatar nom={item.nom} taille={20} />{mine ? `${moi.prenom} ${moi.nom}` : item.nom}</dd></div>
        </dl>
        {error && !data ? <ErrorState error={error} onRetry={() => void refetch()} />
          : !data ? <SkeletonRows lignes={4} hauteur={36} />
          : <Details item={item} demarche={data} tache={tache} />}
      </div>
      <Actions item={item} tache={tache} demarcheId={item.demarche_id} onFinish={onFinish} onReport={onReport} onWrite={onWrite} onOpen={onOpen} />
    </div>
  )
}

function Details({ item, demarche, tache }: { item: WorkItem; demarche: DemarcheView; tache: TacheView | undefined }) {
  const action = demarche.actions.find((each) => each.id === item.item_id)
  const pieces = demarche.pieces.filter((piece) => piece.etape === item.etape || item.kind === 'validation').filter((piece) => piece.statut !== 'sans_objet').slice(0, 5)
  const next = demarche.attentes.filter((wait) => wait.id !== item.item_id && wait.due_at).slice(0, 3)
  return (
    <>
      {tache?.description && <p className={classes.text}>{tache.description}</p>}
      {tache && tache.checklist.length > 0 && <div className={classes.section}><Checklist demarcheId={demarche.id} tache={tache} /></div>}
      {action && <p className={classes.text}>{action.message}</p>}
      {item.kind === 'demande' && <Answers demarche={demarche} />}
      <LastExchange demarche={demarche} />
      {pieces.length > 0 && (
        <section className={classes.section}>
          <h3>Pièces utiles</h3>
          <ul>
            {pieces.map((piece) => (
              <li key={piece.id} className={classes.line}>
                <IconFileText size={16} stroke={STROKE} aria-hidden />
                <span className={classes.grow}>{piece.titre}</span>
                <StatusBadge objet="piece" cle={piece.statut} court />
              </li>
            ))}
          </ul>
        </section>
      )}
      {next.length > 0 && (
        <section className={classes.section}>
          <h3>Ensuite</h3>
          <ul>
            {next.map((wait) => (
              <li key={`${wait.kind}${wait.id}`} className={classes.line}>
                <TurnMark tour={wait.side} />
                <span className={classes.grow}>{wait.label}</span>
                <span className={classes.date}>{wait.due_at && shortDate(wait.due_at)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

/** What a request says, in a few lines. */
function Answers({ demarche }: { demarche: DemarcheView }) {
  const fields = demarche.donnees.flatMap((form) => singleAnswers(form.champs)).slice(0, 6)
  if (fields.length === 0) return null
  return (
    <section className={classes.section}>
      <h3>La demande</h3>
      <dl className={classes.answers}>
        {fields.map((field) => (
          <div key={field.champ}><dt>{field.libelle}</dt><dd>{fieldText(field)}</dd></div>
        ))}
      </dl>
    </section>
  )
}

function LastExchange({ demarche }: { demarche: DemarcheView }) {
  const now = nowOf(demarche)
  const { data } = useInfiniteQuery(activiteQuery(demarche.id, ['echange']))
  const last = data?.pages[0]?.items[0]
  if (!last) return null
  return (
    <section className={classes.section}>
      <h3>Dernier échange</h3>
      <div className={classes.exchange} data-interne={last.interne || undefined}>
        <Avatar nom={last.acteur ?? 'eLaska'} taille={28} />
        <div>
          <p><strong>{last.acteur ?? 'Système'}</strong> <span>{civilDay(last.at) === civilDay(now) ? hour(last.at) : ago(last.at, now)}</span></p>
          <p className={classes.quote}>{last.detail ?? last.titre}</p>
        </div>
      </div>
    </section>
  )
}

interface ActionsProps {
  item: WorkItem
  tache: TacheView | undefined
  demarcheId: string
  onFinish: () => void
  onReport: () => void
  onWrite: () => void
  onOpen: () => void
}

/** One filled button: what this item asks for. */
function Actions({ item, tache, demarcheId, onFinish, onReport, onWrite, onOpen }: ActionsProps) {
  const { run } = useCommands(demarcheId)
  if (item.kind === 'validation') {
    return <div className={classes.actions}><Button fullWidth onClick={onFinish}>Contrôler la pièce</Button></div>
  }
  if (tache?.statut === 'suggere_client') {
    return (
      <div className={classes.actions}>
        <Button className={classes.main} onClick={() => void run({ chemin: `/taches/${tache.id}/prise-en-compte` }, { dit: 'Suggestion prise en compte' })}>Prendre en compte</Button>
        <Button variant="default" onClick={onOpen}>Ouvrir…</Button>
      </div>
    )
  }
  if (item.side !== 'cabinet') {
    return (
      <div className={classes.actions}>
        <Button className={classes.main} variant="default" onClick={onWrite}>Relancer…</Button>
        <Button variant="default" onClick={onOpen}>Ouvrir</Button>
      </div>
    )
  }
  if (!canFinish(item)) return <div className={classes.actions}><Button fullWidth onClick={onOpen}>Ouvrir la démarche</Button></div>
  const label = { tache: 'Terminer la tâche', etape: 'Valider l’étape', demande: 'Prendre en charge' }[item.kind as 'tache' | 'etape' | 'demande']
  return (
    <div className={classes.actions}>
      <Button className={classes.main} leftSection={<IconCheck size={18} stroke={STROKE} />} onClick={onFinish}>{label}</Button>
      {item.kind === 'tache' ? <Button variant="default" onClick={onReport}>Reporter…</Button> : <Button variant="default" onClick={onOpen}>Ouvrir</Button>}
    </div>
  )
}
