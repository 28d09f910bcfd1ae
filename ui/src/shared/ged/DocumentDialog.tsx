import { Button, Checkbox, MultiSelect, Select, Textarea, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { IconDownload, IconExternalLink, IconEye, IconRefresh } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { sendOne } from '../api/deposit'
import { call, messageOf } from '../api/http'
import { equipeQuery } from '../api/queries'
import type { FileRef } from '../api/types'
import { ConfirmDialog } from '../components/ConfirmDialog'
import { Dialog } from '../components/Dialog'
import { ErrorState, SkeletonRows } from '../components/States'
import { dayOfYear, fileSize, NBSP } from '../format'
import { STROKE } from '../icons'
import { PreviewDialog } from '../viewer/PreviewDialog'
import classes from './Ged.module.css'
import { type Folder, type GedDetail, gedDocumentQuery, KEPT, paths, rootOf } from './queries'

interface Props {
  tiersId: string
  id: string
  cabinet: boolean
  folders: Folder[]
  onClose: () => void
}

/** One document: read it, its versions, what was written about it; where it is and who reads it (GED-02, GED-17). */
export function DocumentDialog({ tiersId, id, cabinet, folders, onClose }: Props) {
  const client = useQueryClient()
  const { data, error, refetch } = useQuery(gedDocumentQuery(tiersId, id))
  const [preview, setPreview] = useState<FileRef | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const [part, setPart] = useState<number | null>(null)
  const picker = useRef<HTMLInputElement>(null)
  const path = `${rootOf(tiersId)}/documents/${id}`
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    setFailure(null)
    try {
      await work()
      await client.invalidateQueries({ queryKey: ['ged', tiersId] })
      return true
    } catch (problem) {
      setFailure(messageOf(problem))
      return false
    }
  }
  const addVersion = async (file: File): Promise<void> => {
    setPart(0)
    const key = crypto.randomUUID()
    await attempt(async () => {
      const televersement = await sendOne(`${rootOf(tiersId)}/televersements`, file, key, setPart, new AbortController().signal)
      await call('POST', `${path}/versions`, { body: { televersement }, idempotencyKey: key })
    })
    setPart(null)
  }
  const icon = { size: 18, stroke: STROKE }
  const document = data?.document
  const file = document?.fichier
  return (
    <>
      <Dialog opened onClose={onClose} title={document?.nom ?? 'Document'} size={620}>
        {!data || !document ? (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={3} hauteur={48} />) : (
          <div className={classes.detail}>
            <div className={classes.actions}>
              {file && <Button leftSection={<IconEye {...icon} />} onClick={() => setPreview(file)}>Ouvrir</Button>}
              {file && <Button component="a" variant="default" href={`/api/fichiers/${file.id}?telecharger=1`} leftSection={<IconDownload {...icon} />}>Télécharger</Button>}
              {document.lien && <Button component="a" href={document.lien} target="_blank" rel="noopener noreferrer" leftSection={<IconExternalLink {...icon} />}>Ouvrir le lien</Button>}
              {file && <Button variant="default" loading={part !== null} leftSection={<IconRefresh {...icon} />} onClick={() => picker.current?.click()}>Nouvelle version</Button>}
              <input ref={picker} type="file" hidden tabIndex={-1} accept={KEPT} aria-label="Choisir la nouvelle version" onChange={(event) => {
                const chosen = event.currentTarget.files?.[0]
                event.currentTarget.value = ''
                if (chosen) void addVersion(chosen)
              }} />
            </div>
            {part !== null && <p role="status" className={classes.soft}>{part < 1 ? `Envoi… ${Math.floor(part * 100)}${NBSP}%` : 'Vérification…'}</p>}
            {failure && <p className={classes.error} role="alert">{failure}</p>}
            {data.versions.length > 1 && (
              <section>
                <h3>Versions</h3>
                <ul className={classes.lines}>
                  {data.versions.toReversed().map((version, rank) => (
                    <li key={version.numero} className={classes.version}>
                      <span>
                        <button type="button" className={classes.open} onClick={() => setPreview(version.fichier)}>Version {version.numero}</button>
                        <span className={classes.soft}>{dayOfYear(version.at)}, {version.par} · {fileSize(version.fichier.taille)}{version.restaure !== null && ` · reprise de la version ${version.restaure}`}</span>
                      </span>
                      {cabinet && rank > 0 && <Button variant="subtle" size="compact-sm" aria-label={`Rétablir la version ${version.numero}`} onClick={() => void attempt(() => call('POST', `${path}/versions/${version.numero}/restauration`))}>Rétablir</Button>}
                    </li>
                  ))}
                </ul>
              </section>
            )}
            <Comments detail={data} cabinet={cabinet} onWrite={(texte, interne) => attempt(() => call('POST', `${path}/commentaires`, { body: { texte, interne } }))} />
            {cabinet && <Filing key={document.modifie_le} detail={data} folders={folders} onSave={(body) => attempt(() => call('PATCH', path, { body }))} onWithdraw={async () => {
              await call('DELETE', path)
              onClose()
              // The others: this one is no longer there to be read again.
              void client.invalidateQueries({ queryKey: ['ged', tiersId], predicate: ({ queryKey }) => queryKey[2] !== 'document' })
            }} />}
          </div>
        )}
      </Dialog>
      {preview && <PreviewDialog fichier={preview} {...(document ? { titre: document.nom } : {})} onClose={() => setPreview(null)} />}
    </>
  )
}

function Comments({ detail, cabinet, onWrite }: { detail: GedDetail; cabinet: boolean; onWrite: (texte: string, interne: boolean) => Promise<boolean> }) {
  const [text, setText] = useState('')
  const [interne, setInterne] = useState(false)
  return (
    <section>
      <h3>Commentaires</h3>
      {detail.commentaires.length > 0 && (
        <ul className={classes.lines}>
          {detail.commentaires.map((each) => (
            <li key={each.id} className={classes.comment} data-interne={each.interne || undefined}>
              {each.texte}
              <br />
              <span className={classes.soft}>{each.par}, {dayOfYear(each.at)}{each.interne && ' · interne'}</span>
            </li>
          ))}
        </ul>
      )}
      <form className={classes.form} onSubmit={(event) => {
        event.preventDefault()
        void onWrite(text.trim(), interne).then((done) => done && setText(''))
      }}>
        <Textarea label="Votre commentaire" rows={2} maxLength={5000} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        {cabinet && <Checkbox label="Note interne, que le client ne voit pas" checked={interne} onChange={(event) => setInterne(event.currentTarget.checked)} />}
        <div><Button type="submit" variant="default" disabled={text.trim() === ''}>Commenter</Button></div>
      </form>
    </section>
  )
}

const ROLES = [{ value: 'responsable', label: 'Responsables' }, { value: 'conseiller', label: 'Conseillers' }]

function Filing({ detail, folders, onSave, onWithdraw }: { detail: GedDetail; folders: Folder[]; onSave: (body: object) => Promise<boolean>; onWithdraw: () => Promise<void> }) {
  const { document } = detail
  const { data: staff } = useQuery(equipeQuery)
  const [nom, setNom] = useState(document.nom)
  const [folder, setFolder] = useState(document.dossier_id)
  const [acces, setAcces] = useState(document.acces)
  const [readers, setReaders] = useState(document.lecteurs)
  const [withdrawing, setWithdrawing] = useState(false)
  const people = (staff ?? []).map((member) => ({ value: member.id, label: `${member.prenom} ${member.nom}` }))
  return (
    <details>
      <summary>Classement et accès</summary>
      <form className={classes.form} onSubmit={(event) => {
        event.preventDefault()
        void onSave({ nom: nom.trim(), dossier_id: folder, acces, lecteurs: readers })
      }}>
        <TextInput label="Nom" required maxLength={120} value={nom} onChange={(event) => setNom(event.currentTarget.value)} />
        <Select label="Dossier" placeholder="À la racine" clearable searchable data={paths(folders)} value={folder} onChange={setFolder} />
        <Select label="Qui peut le lire" allowDeselect={false} value={acces} onChange={(value) => value && setAcces(value as typeof acces)} data={[
          { value: 'client', label: 'Le client et le cabinet' },
          { value: 'cabinet', label: 'Le cabinet seulement' },
          { value: 'restreint', label: 'Certaines personnes du cabinet' },
        ]} />
        {acces === 'restreint' && <MultiSelect label="Lecteurs" data={[...ROLES, ...people]} value={readers} onChange={setReaders} searchable />}
        <div className={classes.actions}>
          <Button type="submit">Enregistrer</Button>
          <Button variant="subtle" color="red" onClick={() => setWithdrawing(true)}>Retirer le document</Button>
        </div>
      </form>
      <ConfirmDialog ouvert={withdrawing} danger titre={`Retirer «\u00a0${document.nom}\u00a0»\u00a0?`} action="Retirer le document" onClose={() => setWithdrawing(false)} onConfirm={onWithdraw}>
        <p>Plus personne ne le lira, ni le client ni le cabinet, versions comprises. Sa trace reste dans l’historique. Cela ne se défait pas.</p>
      </ConfirmDialog>
    </details>
  )
}
