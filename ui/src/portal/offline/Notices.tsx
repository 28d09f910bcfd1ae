import { useQueryClient } from '@tanstack/react-query'
import { IconAlertCircle, IconClock, IconCloudOff, IconRefresh, IconTrash } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useNetwork } from '@shared/api/network'
import { useMoi } from '@shared/api/session'
import { forgetDrafts } from '@shared/form/deviceDraft'
import { count, moment, NBSP } from '@shared/format'
import { STROKE } from '@shared/icons'
import { fetched } from '@shared/router/lazy'
import classes from './Notices.module.css'
import { flush, type Sending, useSendings } from './queue'
import { startWorker, useUpdate } from './worker'

const DropSending = lazy(fetched(() => import('./DropSending')))

const AGAIN_MS = 20_000

/** « d’aujourd’hui à 9 h 12 », « du 12 novembre à 9 h » */
const of = (when: string): string => (/^[ah]/.test(when) ? `d’${when}` : `du ${when}`)

/** What the person must know whatever the page: no network, what waits to be sent, a newer version (PWA-02). */
export function Notices({ direct }: { direct: boolean }) {
  const client = useQueryClient()
  const moi = useMoi()
  const network = useNetwork()
  const update = useUpdate()
  const sendings = useSendings(moi.id)
  const waits = sendings.some((sending) => !sending.refus)

  useEffect(() => void startWorker(client), [client])
  useEffect(() => forgetDrafts(moi.id), [moi.id])

  useEffect(() => {
    const go = async (): Promise<void> => {
      const moved = await flush(moi.id)
      for (const id of moved) void client.invalidateQueries({ queryKey: ['demarche', id] })
      if (moved.size > 0) for (const key of ['attentes', 'demarches', 'documents']) void client.invalidateQueries({ queryKey: [key] })
    }
    void go()
    if (!waits) return
    const timer = setInterval(() => void go(), AGAIN_MS)
    const online = (): void => void go()
    addEventListener('online', online)
    return () => {
      clearInterval(timer)
      removeEventListener('online', online)
    }
    // `direct`: the stream is open again, the server answers.
  }, [client, moi.id, waits, direct])

  return (
    <div className={classes.stack}>
      <div role="status">
        {network.etat === 'coupe' && (
          <p className={classes.notice} data-ton="neutre">
            <IconCloudOff size={22} stroke={STROKE} aria-hidden />
            <span>Vous êtes hors connexion.{network.lue ? ` Voici vos informations ${of(moment(network.lue))}.` : ''}</span>
          </p>
        )}
        {update && (
          <p className={classes.notice} data-ton="cabinet">
            <IconRefresh size={22} stroke={STROKE} aria-hidden />
            <span>Une nouvelle version de votre espace est prête.</span>
            <button type="button" onClick={update}>Mettre à jour</button>
          </p>
        )}
      </div>
      {sendings.length > 0 && (
        <ul aria-label="À envoyer">
          {sendings.map((sending) => <Line key={sending.id} sending={sending} />)}
        </ul>
      )}
    </div>
  )
}

function Line({ sending }: { sending: Sending }) {
  const [dropped, setDropped] = useState(false)
  const Icon = sending.refus ? IconAlertCircle : IconClock
  return (
    <li className={classes.notice} data-ton={sending.refus ? 'probleme' : 'client'}>
      <Icon size={22} stroke={STROKE} aria-hidden />
      <span>
        <strong>{sending.titre}</strong>{' '}
        {sending.refus
          ? <>n’a pas pu être envoyé{NBSP}: {sending.refus} Nous l’avons gardé ici.</>
          : <>partira dès que le réseau reviendra.</>}
        {sending.champs.texte || sending.champs.message ? <q className={classes.words}>{sending.champs.texte ?? sending.champs.message}</q> : null}
        <Files fichiers={sending.fichiers} />
        <Link to="/demarches/$id" params={{ id: sending.demarcheId }} className={classes.link}>Voir la démarche</Link>
      </span>
      <button type="button" className={classes.drop} aria-label={`Supprimer l’envoi : ${sending.titre}`} onClick={() => setDropped(true)}>
        <IconTrash size={20} stroke={STROKE} aria-hidden />
      </button>
      {dropped && <Suspense><DropSending sending={sending} onClose={() => setDropped(false)} /></Suspense>}
    </li>
  )
}

/** Files shown by their names before they are folded: this notice stands above every page, on a phone too. */
const NAMED = 3

function Files({ fichiers }: Pick<Sending, 'fichiers'>) {
  const files = fichiers.map(({ nom, contenu }, index) => <Kept key={`${nom}-${index}`} nom={nom} contenu={contenu} />)
  if (files.length <= NAMED) return files
  return <details className={classes.files}><summary>{count(files.length, 'fichier gardé', 'fichiers gardés')} ici</summary>{files}</details>
}

/** A file kept here, which the person may take back. */
function Kept({ nom, contenu }: { nom: string; contenu: Blob }) {
  const take = (): void => {
    const url = URL.createObjectURL(contenu)
    const link = document.createElement('a')
    link.href = url
    link.download = nom
    link.click()
    setTimeout(() => URL.revokeObjectURL(url), 1000)
  }
  return <button type="button" className={classes.file} onClick={take}>{nom}</button>
}
