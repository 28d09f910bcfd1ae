import { Button, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { IconFileText, IconFolder, IconLink, IconLock, IconSearch, IconUpload } from '@tabler/icons-react'
import { Suspense, useRef, useState } from 'react'
import { sendOne } from '../api/deposit'
import { call, messageOf } from '../api/http'
import { Card } from '../components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '../components/States'
import { count, dayOfYear, fileSize, NBSP } from '../format'
import { STROKE } from '../icons'
import { part } from '../router/lazy'
import type { Asked } from './Classement'
import classes from './Ged.module.css'
import { type GedDocument, gedQuery, KEPT, rootOf, trail } from './queries'

const DocumentDialog = part(async () => (await import('./DocumentDialog')).DocumentDialog)
const Classer = part(async () => (await import('./Classement')).Classer)
const FolderMenu = part(async () => (await import('./Classement')).FolderMenu)
const NameDialog = part(async () => (await import('./Classement')).NameDialog)

interface Props {
  tiersId: string
  /** The firm files away, links and restricts; the client reads, adds and comments. */
  cabinet?: boolean
}

/** Documents of a client: tree of folders, search, what is added, one document at a time (GED-03 to 06, GED-18). */
export function Ged({ tiersId, cabinet = false }: Props) {
  const client = useQueryClient()
  const [text, setText] = useState('')
  const [q] = useDebouncedValue(text.trim(), 250)
  const [at, setAt] = useState<string | null>(null)
  const [shown, setShown] = useState<string | null>(null)
  const [asked, setAsked] = useState<Asked | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const [sending, setSending] = useState<{ nom: string; part: number }[]>([])
  const picker = useRef<HTMLInputElement>(null)
  const { data, error, refetch } = useQuery(gedQuery(tiersId, q))
  const root = rootOf(tiersId)
  const changed = (): Promise<void> => client.invalidateQueries({ queryKey: ['ged', tiersId] })
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    setFailure(null)
    try {
      await work()
      return true
    } catch (problem) {
      setFailure(messageOf(problem))
      return false
    } finally {
      void changed()
    }
  }

  const add = async (files: File[]): Promise<void> => {
    setSending(files.map(({ name }) => ({ nom: name, part: 0 })))
    for (const [index, file] of files.entries()) {
      const done = await attempt(async () => {
        const key = crypto.randomUUID()
        const televersement = await sendOne(`${root}/televersements`, file, key, (part) =>
          setSending((all) => all.map((each, rank) => (rank === index ? { ...each, part } : each))), new AbortController().signal)
        const nom = file.name.replace(/\.[^.]+$/, '').slice(0, 120) || file.name
        await call('POST', `${root}/documents`, { body: { nom, televersement, ...(cabinet ? { dossier_id: at } : {}) }, idempotencyKey: key })
      })
      if (!done) break
    }
    setSending([])
  }

  const folders = data?.dossiers ?? []
  const inside = q ? [] : folders.filter((folder) => folder.parent_id === at).sort((a, b) => a.nom.localeCompare(b.nom, 'fr', { numeric: true }))
  // The client reads what their vault holds where they open it.
  const documents = (data?.documents ?? []).filter((document) => (cabinet || !document.coffre) && (q || document.dossier_id === at))
  const here = trail(folders, at)
  const icon = { size: 18, stroke: STROKE }
  return (
    <section aria-label="Dossiers et documents">
      <div className={classes.bar}>
        <TextInput className={classes.search ?? ''} type="search" aria-label="Rechercher un document" placeholder="Nom d’un document…" leftSection={<IconSearch {...icon} />} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <input ref={picker} type="file" multiple hidden tabIndex={-1} accept={KEPT} aria-label="Choisir des documents" onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])]
          event.currentTarget.value = ''
          if (files.length > 0) void add(files)
        }} />
        <Button leftSection={<IconUpload {...icon} />} loading={sending.length > 0} onClick={() => picker.current?.click()}>Ajouter des documents</Button>
        {cabinet && (
          <Suspense>
            <Classer onAsk={setAsked} onYear={() => void attempt(() => call('POST', `${root}/annees`, { body: { annee: new Date().getFullYear() } }))} />
          </Suspense>
        )}
      </div>
      {here.length > 0 && !q && (
        <ol className={classes.crumbs} aria-label="Dossier ouvert">
          <li><button type="button" onClick={() => setAt(null)}>Tous les documents</button></li>
          {here.map((folder, index) => (
            <li key={folder.id}>
              <span aria-hidden>›</span>
              {index === here.length - 1 ? <span aria-current="true">{folder.nom}</span> : <button type="button" onClick={() => setAt(folder.id)}>{folder.nom}</button>}
            </li>
          ))}
        </ol>
      )}
      {sending.length > 0 && (
        <ul className={classes.sending} role="status">
          {sending.map(({ nom, part }, index) => <li key={`${nom}-${index}`}><span>{nom}</span><span>{part < 1 ? `${Math.floor(part * 100)}${NBSP}%` : 'Vérification…'}</span></li>)}
        </ul>
      )}
      {failure && <p className={classes.error} role="alert">{failure}</p>}
      {!data ? (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={4} hauteur={56} />)
        : inside.length + documents.length === 0 ? <Card><EmptyState>{q ? 'Aucun document ne porte ce nom.' : at ? 'Ce dossier est vide.' : 'Aucun document partagé pour l’instant.'}</EmptyState></Card>
        : (
          <Card nue>
            <ul>
              {inside.map((folder) => (
                <li key={folder.id} className={classes.row}>
                  <IconFolder size={20} stroke={STROKE} aria-hidden />
                  <div className={classes.main}><button type="button" className={classes.open} onClick={() => setAt(folder.id)}>{folder.nom}</button></div>
                  {cabinet && (
                    <Suspense>
                      <FolderMenu
                        nom={folder.nom}
                        onRename={() => setAsked({ genre: 'renommer', dossier: folder })}
                        onDelete={() => void attempt(() => call('DELETE', `${root}/dossiers/${folder.id}`))}
                      />
                    </Suspense>
                  )}
                </li>
              ))}
              {documents.map((document) => <DocumentRow key={document.id} document={document} cabinet={cabinet} onOpen={() => setShown(document.id)} />)}
            </ul>
          </Card>
        )}
      <Suspense>
        {shown && <DocumentDialog tiersId={tiersId} id={shown} cabinet={cabinet} folders={folders} onClose={() => setShown(null)} />}
        {asked && <NameDialog asked={asked} onClose={() => setAsked(null)} onDone={async (nom, lien) => {
          const done = await attempt(() =>
            asked.genre === 'renommer' ? call('PATCH', `${root}/dossiers/${asked.dossier.id}`, { body: { nom } })
            : asked.genre === 'dossier' ? call('POST', `${root}/dossiers`, { body: { nom, parent_id: at } })
            : call('POST', `${root}/documents`, { body: { nom, lien, dossier_id: at } }))
          if (done) setAsked(null)
        }} failure={failure} />}
      </Suspense>
    </section>
  )
}

const ACCES = { client: 'Partagé', cabinet: 'Cabinet', restreint: 'Restreint' }

export function DocumentRow({ document, cabinet, onOpen }: { document: GedDocument; cabinet: boolean; onOpen: () => void }) {
  const told = [
    dayOfYear(document.modifie_le),
    document.fichier ? fileSize(document.fichier.taille) : 'Lien',
    document.versions > 1 ? count(document.versions, 'version') : null,
    document.commentaires > 0 ? count(document.commentaires, 'commentaire') : null,
  ].filter(Boolean).join(' · ')
  return (
    <li className={classes.row}>
      {document.lien ? <IconLink size={20} stroke={STROKE} aria-hidden /> : <IconFileText size={20} stroke={STROKE} aria-hidden />}
      <div className={classes.main}>
        <button type="button" className={classes.open} onClick={onOpen}>{document.nom}</button>
        <span className={classes.soft}>{told}</span>
      </div>
      {cabinet && <span className={classes.soft}>{(document.coffre || document.acces !== 'client') && <IconLock size={14} stroke={STROKE} aria-hidden />} {document.coffre ? 'Coffre-fort' : ACCES[document.acces]}</span>}
    </li>
  )
}
