import { Button, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconMessage2, IconSend } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { call, messageOf } from '@shared/api/http'
import { objetQuery } from '@shared/api/queries'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import { moment } from '@shared/format'
import { useNow } from '@shared/hooks/useNow'
import { STROKE } from '@shared/icons'
import classes from './TacheEchanges.module.css'

/** What was written about a task, by the firm and by the client, and the field to write more (TCH-04). */
export function TacheEchanges({ demarcheId, tache }: { demarcheId: string; tache: string }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button variant="subtle" className={classes.toggle ?? ''} aria-expanded={open} leftSection={<IconMessage2 size={18} stroke={STROKE} />} onClick={() => setOpen(!open)}>Commentaires</Button>
      {open && <Lines demarcheId={demarcheId} objet={`tache:${tache}`} />}
    </>
  )
}

function Lines({ demarcheId, objet }: { demarcheId: string; objet: string }) {
  const now = useNow()
  const client = useQueryClient()
  const said = useQuery(objetQuery(demarcheId, objet))
  const [text, setText] = useState('')
  // The same words sent again, after a cut, are one message.
  const key = useRef(crypto.randomUUID())
  const send = useMutation({
    mutationFn: (texte: string) => call('POST', `/api/demarches/${demarcheId}/commentaires`, { body: { texte, objet }, idempotencyKey: key.current }),
    onSuccess: () => {
      key.current = crypto.randomUUID()
      setText('')
      return client.invalidateQueries({ queryKey: ['demarche', demarcheId, 'journal'] })
    },
  })
  return (
    <form
      className={classes.talk}
      onSubmit={(event) => {
        event.preventDefault()
        send.mutate(text.trim())
      }}
    >
      {!said.data && (said.error ? <ErrorState error={said.error} onRetry={() => void said.refetch()} /> : <SkeletonRows lignes={1} hauteur={44} />)}
      {said.data && said.data.items.length > 0 && (
        <ul>
          {said.data.items.toReversed().map((line) => (
            <li key={line.id}>
              <p>{line.detail}</p>
              <small>{line.acteur}, {moment(line.at, now)}</small>
            </li>
          ))}
        </ul>
      )}
      <Textarea label="Votre commentaire" rows={2} maxLength={5000} value={text} onChange={(event) => {
        key.current = crypto.randomUUID()
        setText(event.currentTarget.value)
      }} />
      {send.error && <p className={classes.error} role="alert">{messageOf(send.error)}</p>}
      <Button type="submit" variant="light" loading={send.isPending} disabled={text.trim() === ''} leftSection={<IconSend size={18} stroke={STROKE} />}>Envoyer</Button>
    </form>
  )
}
