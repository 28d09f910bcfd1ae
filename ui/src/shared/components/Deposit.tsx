import { Button } from '@mantine/core'
import { IconAlertCircle, IconCamera, IconCircleCheck, IconClock, IconFile, IconPlus, IconRefresh, IconUpload, IconX } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { ApiError, messageOf } from '../api/http'
import { type Deposit as Sending, deposit } from '../api/deposit'
import { count, fileSize, NBSP } from '../format'
import { useDrop } from '../hooks/useDrop'
import { STROKE } from '../icons'
import classes from './Deposit.module.css'

export interface DepositRules {
  /** Extensions without dot: pdf, jpg, png. */
  formats: string[]
  tailleMaxMo: number
}

/** Files seen at once: beyond, their list scrolls, so that the button stays at hand. */
const SEEN = 6

/** What the server takes in one deposit. */
const MAX_FILES = 50

const MIME: Record<string, string[]> = {
  pdf: ['application/pdf'],
  jpg: ['image/jpeg'],
  jpeg: ['image/jpeg'],
  png: ['image/png'],
  webp: ['image/webp'],
  docx: ['application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  xlsx: ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  odt: ['application/vnd.oasis.opendocument.text'],
}

/** Why a file cannot be sent, in the client's words; null when it can. The server checks again. */
export function refusalOf(file: File, { formats, tailleMaxMo }: DepositRules): string | null {
  if (file.size === 0) return 'Ce fichier est vide. Choisissez-en un autre.'
  if (file.size > tailleMaxMo * 1_000_000) {
    return `Ce fichier pèse ${fileSize(file.size)}, la limite est de ${tailleMaxMo}${NBSP}Mo. Essayez une photo.`
  }
  const extension = file.name.split('.').pop()?.toLowerCase() ?? ''
  const accepted = formats.some((format) => format === extension || (format === 'jpg' && extension === 'jpeg') || MIME[format]?.includes(file.type))
  if (!accepted && /\.hei[cf]$/i.test(file.name)) {
    return `Cette photo est au format HEIC des iPhone, que nous ne lisons pas${NBSP}: touchez «${NBSP}Prendre une photo${NBSP}», ou envoyez-en une capture d’écran.`
  }
  return accepted ? null : `Ce type de fichier n’est pas accepté. Envoyez ${formatList(formats)}.`
}

/** Of files chosen together, what cannot be sent and why; each named, but the only one. */
export function refusalsOf(files: File[], rules: DepositRules): string[] {
  const byReason = new Map<string, string[]>()
  for (const file of files) {
    const reason = refusalOf(file, rules)
    if (reason !== null) byReason.set(reason, [...(byReason.get(reason) ?? []), `«${NBSP}${file.name}${NBSP}»`])
  }
  if (files.length === 1) return [...byReason.keys()]
  return [...byReason].map(([reason, names]) => `${names.join(', ')}${NBSP}: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`)
}

/** « PDF, JPG ou PNG » */
export function formatList(formats: string[]): string {
  const names = formats.map((format) => format.toUpperCase())
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ou ${names.at(-1)}`
}

interface Props extends DepositRules {
  /** Name of the document, for labels. */
  titre: string
  /** The command that deposits them: « …/depots ». */
  chemin: string
  /** What else the request says. */
  champs?: Record<string, string>
  /** A former version was refused: the words change. */
  nouvelleVersion?: boolean
  onDone: () => void
  /** Told when files leave and when the answer is known: until then this component must stay, or the answer is lost. */
  onSending?: (sending: boolean) => void
  /** Offered a deposit that failed, with its key: true when it is kept to be sent later. */
  garder?: (error: unknown, files: File[], key: string) => Promise<boolean>
}

type Phase = { nom: 'garde' } | { nom: 'choix' } | { nom: 'envoi'; parts: number[] } | { nom: 'echec'; message: string; sansAppel: boolean } | { nom: 'recu' }

/**
 * Guided deposit of one document (GED-08, UX-23): camera, file or drop; pages gathered, then sent in one go.
 * After a failure the files stay, and « Réessayer » sends the same command again.
 */
export function Deposit({ titre, chemin, champs, formats: wanted, tailleMaxMo, nouvelleVersion = false, onDone, onSending, garder }: Props) {
  const [files, setFiles] = useState<File[]>([])
  const [refusals, setRefusals] = useState<string[]>([])
  const [phase, setPhase] = useState<Phase>({ nom: 'choix' })
  const camera = useRef<HTMLInputElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const key = useRef<string>('')
  const running = useRef<Sending<unknown> | null>(null)
  useEffect(() => () => running.current?.abort(), [])

  // A phone makes a JPG of its own photos where HEIC, which nothing here opens, is not offered.
  const formats = wanted.filter((format) => format in MIME)
  const rules = { formats, tailleMaxMo }
  const accept = formats.flatMap((format) => [`.${format}`, ...(MIME[format] ?? [])]).join(',')
  const photos = formats.some((format) => ['jpg', 'jpeg', 'png'].includes(format))

  const add = (list: FileList | null): void => {
    const chosen = [...(list ?? [])]
    setRefusals(refusalsOf(chosen, rules))
    const fine = chosen.filter((file) => refusalOf(file, rules) === null)
    // What the server will never take makes room for what replaces it.
    const kept = phase.nom === 'echec' && phase.sansAppel ? [] : files
    if (kept.length + fine.length > MAX_FILES) {
      setRefusals([`${MAX_FILES}${NBSP}fichiers au plus à la fois, et il y en a ${kept.length + fine.length}. Envoyez-les en plusieurs fois.`])
      return
    }
    if (fine.length > 0) {
      key.current = crypto.randomUUID()
      setFiles([...kept, ...fine])
      setPhase({ nom: 'choix' })
    }
  }

  const zone = useDrop(add)

  const remove = (index: number): void => {
    key.current = crypto.randomUUID()
    setFiles((before) => before.filter((_, each) => each !== index))
    setPhase({ nom: 'choix' })
  }

  const send = async (): Promise<void> => {
    setRefusals([])
    setPhase({ nom: 'envoi', parts: files.map(() => 0) })
    onSending?.(true)
    running.current = deposit({
      chemin,
      ...(champs ? { champs } : {}),
      fichiers: files.map((file) => ({ nom: file.name, contenu: file })),
      key: key.current,
      onProgress: (parts) => setPhase({ nom: 'envoi', parts }),
    })
    try {
      await running.current.done
      setPhase({ nom: 'recu' })
      setFiles([])
      onDone()
    } catch (error) {
      if (error instanceof DOMException) setPhase({ nom: 'choix' })
      else if (await garder?.(error, files, key.current)) {
        setPhase({ nom: 'garde' })
        setFiles([])
      } else setPhase({ nom: 'echec', message: messageOf(error), sansAppel: refusedFile(error) })
    } finally {
      onSending?.(false)
    }
  }

  if (phase.nom === 'recu') {
    return (
      <p className={classes.received} role="status">
        <IconCircleCheck size={22} stroke={STROKE} aria-hidden />
        C’est reçu. Nous vérifions votre document sous 2{NBSP}jours{NBSP}ouvrés.
      </p>
    )
  }

  if (phase.nom === 'garde') {
    return (
      <p className={classes.kept} role="status">
        <IconClock size={22} stroke={STROKE} aria-hidden />
        Vous étiez hors connexion. Votre document est gardé ici, son envoi se suit en haut de l’écran.
      </p>
    )
  }

  const sending = phase.nom === 'envoi'
  const total = files.reduce((sum, file) => sum + file.size, 0)
  const arrived = sending ? files.reduce((sum, file, index) => sum + file.size * (phase.parts[index] ?? 0), 0) : 0
  const percent = total > 0 ? Math.floor((arrived / total) * 100) : 0
  return (
    <div
      className={classes.zone}
      {...zone}
    >
      <input ref={camera} type="file" accept="image/*" capture="environment" hidden tabIndex={-1} aria-label={`Prendre une photo : ${titre}`}
        onChange={(event) => { add(event.currentTarget.files); event.currentTarget.value = '' }} />
      <input ref={picker} type="file" accept={accept} multiple hidden tabIndex={-1} aria-label={`Choisir un fichier : ${titre}`} data-depot={titre}
        onChange={(event) => { add(event.currentTarget.files); event.currentTarget.value = '' }} />

      {files.length === 0 ? (
        <>
          <div className={classes.intro}>
            <p className={classes.invite}>{nouvelleVersion ? 'Ajoutez la nouvelle version' : 'Ajoutez votre document'}</p>
            <p className={classes.limits}>{formatList(formats)}, {tailleMaxMo}{NBSP}Mo au plus</p>
          </div>
          <div className={classes.buttons}>
            {photos && (
              <Button className={classes.camera} fullWidth leftSection={<IconCamera size={22} stroke={STROKE} />} onClick={() => camera.current?.click()}>
                Prendre une photo
              </Button>
            )}
            <Button
              className={classes.pick}
              data-seul={!photos || undefined}
              fullWidth
              variant="outline"
              leftSection={<IconUpload size={22} stroke={STROKE} />}
              onClick={() => picker.current?.click()}
            >
              Choisir un fichier
            </Button>
            <p className={classes.dropHint}>ou glissez-le ici</p>
          </div>
        </>
      ) : (
        <>
          <ul className={classes.files} {...(files.length > SEEN ? { tabIndex: 0, 'aria-label': count(files.length, 'fichier') } : {})}>
            {files.map((file, index) => (
              <li key={`${file.name}-${index}`} className={classes.file}>
                <Thumbnail file={file} />
                <span className={classes.fileName}>{file.name}</span>
                <span className={classes.fileSize}>{sending ? fileState(phase.parts[index] ?? 0, file) : fileSize(file.size)}</span>
                {sending ? <span className={classes.share} aria-hidden><span style={{ width: `${Math.floor((phase.parts[index] ?? 0) * 100)}%` }} /></span> : (
                  <button type="button" className={classes.remove} aria-label={`Retirer ${file.name}`} onClick={() => remove(index)}>
                    <IconX size={18} stroke={STROKE} aria-hidden />
                  </button>
                )}
              </li>
            ))}
          </ul>
          {sending ? (
            <div className={classes.sending} role="status">
              <span className={classes.bar}><span style={{ width: `${percent}%` }} /></span>
              <span>{percent === 100 ? 'Vérification…' : <>Envoi… {percent}{NBSP}%</>}</span>
              <button type="button" className={classes.link} onClick={() => running.current?.abort()}>Annuler</button>
            </div>
          ) : (
            <div className={classes.buttons}>
              {!(phase.nom === 'echec' && phase.sansAppel) && <Button
                fullWidth
                leftSection={phase.nom === 'echec' ? <IconRefresh size={22} stroke={STROKE} /> : <IconUpload size={22} stroke={STROKE} />}
                onClick={() => void send()}
              >
                {phase.nom === 'echec' ? 'Réessayer' : `Envoyer ${files.length > 1 ? `mes ${count(files.length, 'page')}` : 'mon document'}`}
              </Button>}
              <Button fullWidth variant="subtle" leftSection={<IconPlus size={20} stroke={STROKE} />} onClick={() => picker.current?.click()}>
                {phase.nom === 'echec' && phase.sansAppel ? 'Choisir un autre fichier' : 'Ajouter une page'}
              </Button>
            </div>
          )}
        </>
      )}
      {(refusals.length > 0 || phase.nom === 'echec') && (
        <p className={classes.error} role="alert">
          <IconAlertCircle size={20} stroke={STROKE} aria-hidden />
          <span>
            {refusals.map((each) => <span key={each} className={classes.refusal}>{each}</span>)}
            {phase.nom === 'echec' && refusals.length === 0 && (phase.sansAppel ? phase.message : `${phase.message} ${files.length > 1 ? 'Vos fichiers sont toujours là' : 'Votre fichier est toujours là'}, l’envoi reprendra où il s’est arrêté.`)}
          </span>
        </p>
      )}
    </div>
  )
}

/** A file that the server will never take: sending it again would say the same. */
const refusedFile = (error: unknown): boolean => error instanceof ApiError && error.code !== 'fichier_perdu' && Boolean(error.code?.startsWith('fichier_'))

function fileState(share: number, file: File): string {
  if (share === 0) return fileSize(file.size)
  return share < 1 ? `${Math.floor(share * 100)}${NBSP}%` : 'Envoyé'
}

function Thumbnail({ file }: { file: File }) {
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => {
    if (!file.type.startsWith('image/')) return
    const made = URL.createObjectURL(file)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [file])
  return url ? <img src={url} alt="" className={classes.thumb} onError={() => setUrl(null)} /> : <span className={classes.thumb}><IconFile size={22} stroke={STROKE} aria-hidden /></span>
}
