import { Button, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { IconClipboardText, IconFileText, IconListCheck, IconPaperclip, IconSend, IconUpload, IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useRef, useState } from 'react'
import { ApiError, messageOf } from '@shared/api/http'
import { deposit } from '@shared/api/deposit'
import type { ActionView, DemarcheView, PieceView, WaitView } from '@shared/api/types'
import { Avatar } from '@shared/components/Avatar'
import { Card } from '@shared/components/Card'
import { SkeletonRows } from '@shared/components/States'
import { count, fileSize, moment } from '@shared/format'
import { useDrop } from '@shared/hooks/useDrop'
import { useNow } from '@shared/hooks/useNow'
import { STROKE } from '@shared/icons'
import { AttenteLink } from '../components/AttenteLink'
import { Due } from '../components/Due'
import { FileButton } from '../components/FileButton'
import { useKeep } from '../offline/useKeep'
import { minePieces } from '../pieces'
import classes from './ActionRequise.module.css'

const PiecesGuidees = lazy(() => import('../components/PiecesGuidees'))

/** « Action Requise de Votre Part » (ACT-06): everything this démarche expects from the reader, or that nothing is. */
export function ActionRequise({ view }: { view: DemarcheView }) {
  // The live view may show an answer as complete before its sender is told: its block stays until then.
  const [sending, setSending] = useState<string | null>(null)
  const mine = view.attentes.filter((wait) => wait.a_moi)
  const actions = view.actions.filter((action) => (action.a_moi || action.id === sending) && action.nature !== 'correction')
  const piecesOf = (action: ActionView): PieceView[] => view.pieces.filter((piece) => piece.action === action.id)
  const guided = new Set(actions.flatMap(piecesOf).map((piece) => piece.id))
  // In the order of the list to deposit, which is the modèle's.
  const rank = (id: string): number => view.pieces.findIndex((piece) => piece.id === id)
  const pieces = mine.filter((wait) => wait.kind === 'piece' && !guided.has(wait.id)).sort((a, b) => rank(a.id) - rank(b.id))
  const others = mine.filter((wait) => wait.kind === 'formulaire' || wait.kind === 'correction' || wait.kind === 'tache')
  const here = mine.filter((wait) => wait.kind === 'evenement' || wait.kind === 'collection')
  if (actions.length + pieces.length + others.length + here.length === 0) {
    if (view.cycle !== 'ouverte' || view.phase !== 'dossier') return null
    // Said in so many words: who reads nothing looks for what they have missed. An étape of their own that only lasts
    // (a leave, a plan being paid) says what it is for.
    const clients = view.equipe.filter(({ side }) => side === 'client').map(({ nom }) => nom)
    const own = view.etapes.find((etape) =>
      etape.statut === 'en_cours' && etape.responsable !== null && clients.includes(etape.responsable) && !view.attentes.some((wait) => wait.etape === etape.cle))
    return <p className={classes.nothing}>{own?.description ?? 'Rien n’est attendu de vous pour l’instant. Nous vous préviendrons.'}</p>
  }
  const due = pieces.map((wait) => wait.due_at).filter((at) => at !== null).sort()[0]
  return (
    <Card variante="attente">
      <div className={classes.block}>
        <h2 className={classes.title}>Action Requise de Votre Part</h2>
        {actions.map((action) => {
          const asked = piecesOf(action)
          return (
            <div key={action.id} className={classes.item}>
              <Demande action={action} />
              {asked.length === 0 ? <ActionForm demarcheId={view.id} action={action} /> : (
                <Suspense fallback={<SkeletonRows lignes={asked.length} hauteur={90} />}>
                  <PiecesGuidees view={view} pieces={asked} dedans reprise onSending={(sent) => setSending(sent ? action.id : null)} />
                </Suspense>
              )}
            </div>
          )
        })}
        {pieces.length > 0 && (
          <div className={classes.item}>
            <p>{pieces.length === 1 ? `Il manque : ${pieces[0]?.label}.` : `Il manque ${count(pieces.length, 'document')} : ${pieces.map((wait) => wait.label).join(', ')}.`}</p>
            {due && <Due at={due} />}
            <Button component={Link} to={`/demarches/${view.id}/depot`} fullWidth variant={actions.length > 0 ? 'outline' : 'filled'} leftSection={<IconUpload size={22} stroke={STROKE} />}>
              {pieces.length === 1 ? 'Déposer le document' : `Déposer mes ${count(pieces.length, 'document')}`}
            </Button>
          </div>
        )}
        {/* What is chosen on the page comes before the form that concludes it. */}
        {here.map((wait) => <SurPlace key={`${wait.kind}/${wait.id}`} wait={wait} view={view} />)}
        {others.map((wait, index) => (
          <div key={`${wait.kind}/${wait.id}`} className={classes.line}>
            <div>
              <strong>{wait.label}</strong>
              {wait.kind === 'correction' && <Marked view={view} formulaire={wait.id} />}
              {wait.due_at && <p><Due at={wait.due_at} /></p>}
            </div>
            <AttenteLink attente={{ demarcheId: view.id, kind: wait.kind, itemId: wait.id }} className={index === 0 && pieces.length + actions.length + here.length === 0 ? classes.filled : classes.outlined}>
              {wait.kind === 'tache' ? <IconListCheck size={22} stroke={STROKE} aria-hidden /> : <IconClipboardText size={22} stroke={STROKE} aria-hidden />}
              {wait.kind === 'tache' ? 'Voir la tâche' : wait.kind === 'correction' ? 'Corriger' : 'Compléter'}
            </AttenteLink>
          </div>
        ))}
      </div>
    </Card>
  )
}

/** Which answers of a form come back, before it is opened. */
function Marked({ view, formulaire }: { view: DemarcheView; formulaire: string }) {
  const correction = view.corrections.find((each) => each.formulaire === formulaire)
  return correction ? <p>{correction.requested_by} a relu vos réponses. À revoir : {correction.champs.map(({ libelle }) => libelle).join(', ')}.</p> : null
}

/**
 * What is done on this page, or outside: sign a mandate, choose an offer, list one's loans. Its étape says what to read
 * first, and what may be deposited for it.
 */
function SurPlace({ wait, view }: { wait: WaitView; view: DemarcheView }) {
  const etape = view.etapes.find(({ cle }) => cle === wait.etape)
  const said = view.evenements.find(({ cle }) => wait.kind === 'evenement' && cle === wait.id)?.description ?? etape?.description
  const documents = view.documents.flatMap(({ id, titre, etape: from, file }) => (from === wait.etape && file ? [{ id, titre, file }] : []))
  const owed = minePieces(view).filter((piece) => piece.etape === wait.etape && !piece.obligatoire && (piece.statut === 'manquant' || piece.statut === 'refuse'))
  return (
    <div className={classes.item}>
      <div>
        <strong>{wait.label}</strong>
        {said && <p>{said}</p>}
        {wait.due_at && <p><Due at={wait.due_at} /></p>}
      </div>
      {documents.map(({ id, titre, file }) => (
        <FileButton key={id} file={file} titre={titre} className={classes.read}><IconFileText size={22} stroke={STROKE} aria-hidden />Ouvrir {titre}</FileButton>
      ))}
      {owed.length > 0 && (
        <Button component={Link} to={`/demarches/${view.id}/depot`} variant="outline" fullWidth leftSection={<IconUpload size={22} stroke={STROKE} />}>
          {wait.kind === 'collection' ? 'Joindre un justificatif' : owed.length === 1 ? 'Déposer le document' : 'Déposer un document'}
        </Button>
      )}
    </div>
  )
}

/** What the firm says, and by when. */
function Demande({ action }: { action: ActionView }) {
  const now = useNow()
  return (
    <>
      <div className={classes.message}>
        <Avatar nom={action.requested_by} taille={44} />
        <div className={classes.bubble}>
          <p className={classes.by}><strong>{action.requested_by}</strong>, {moment(action.requested_at, now)}</p>
          <p className={classes.words}>{action.message}</p>
        </div>
      </div>
      {action.due_at && <Due at={action.due_at} />}
    </>
  )
}

/** Field for the answer, files. */
function ActionForm({ demarcheId, action }: { demarcheId: string; action: ActionView }) {
  const client = useQueryClient()
  const [text, setText] = useState('')
  const [files, setFiles] = useState<File[]>([])
  const [kept, setKept] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const key = useRef(crypto.randomUUID())
  const validation = action.nature === 'validation'
  const keep = useKeep()
  const send = useMutation({
    mutationFn: async (message: string): Promise<void> => {
      const chemin = `/api/demarches/${demarcheId}/actions/${action.id}/reponse`
      try {
        await deposit({ chemin, champs: { message }, fichiers: files.map((file) => ({ nom: file.name, contenu: file })), key: key.current }).done
      } catch (error) {
        const kept = await keep(error, { id: key.current, genre: 'reponse', demarcheId, titre: 'Votre réponse', chemin, champs: { message }, fichiers: files })
        if (!kept) throw error
        setKept(true)
      }
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['attentes'] })
      return client.invalidateQueries({ queryKey: ['demarche', demarcheId] })
    },
    onError: (error) => {
      if (error instanceof ApiError) key.current = crypto.randomUUID()
    },
  })
  const add = (chosen: Iterable<File>): void => {
    key.current = crypto.randomUUID()
    setFiles((before) => [...before, ...chosen])
  }
  const zone = useDrop(add)
  return (
    <>
      {kept ? <p className={classes.kept} role="status">Vous êtes hors connexion. Votre réponse partira dès que le réseau reviendra.</p> : <form
        className={classes.answer}
        onSubmit={(event) => {
          event.preventDefault()
          send.mutate(text.trim())
        }}
      >
        <Textarea
          label={validation ? 'Votre réponse (facultatif)' : 'Votre réponse'}
          value={text}
          onChange={(event) => {
            key.current = crypto.randomUUID()
            setText(event.currentTarget.value)
          }}
          maxLength={5000}
        />
        <input ref={picker} type="file" multiple hidden aria-label="Joindre un fichier" onChange={(event) => {
          const chosen = [...(event.currentTarget.files ?? [])]
          event.currentTarget.value = ''
          add(chosen)
        }} />
        {files.length > 0 && (
          <ul className={classes.files}>
            {files.map((file, index) => (
              <li key={`${file.name}-${index}`}>
                <span>{file.name} · {fileSize(file.size)}</span>
                <button type="button" aria-label={`Retirer ${file.name}`} onClick={() => setFiles(files.filter((_, each) => each !== index))}><IconX size={18} stroke={STROKE} aria-hidden /></button>
              </li>
            ))}
          </ul>
        )}
        <div className={classes.drop} {...zone}>
          <Button variant="subtle" leftSection={<IconPaperclip size={20} stroke={STROKE} />} onClick={() => picker.current?.click()}>Joindre un fichier</Button>
          <p aria-hidden>ou glissez-le ici</p>
        </div>
        {send.error && <p className={classes.error} role="alert">{messageOf(send.error)}</p>}
        <Button type="submit" fullWidth loading={send.isPending} disabled={!validation && text.trim() === '' && files.length === 0} leftSection={<IconSend size={20} stroke={STROKE} />}>
          {validation ? 'Je valide' : 'Envoyer ma réponse'}
        </Button>
      </form>}
    </>
  )
}
