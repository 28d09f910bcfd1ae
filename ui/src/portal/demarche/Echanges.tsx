import { Button, Textarea } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { IconSend } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { call, messageOf } from '@shared/api/http'
import { journalQuery } from '@shared/api/queries'
import type { DemarcheView } from '@shared/api/types'
import { Card, Section } from '@shared/components/Card'
import { type Genre, Journal, type JournalItem } from '@shared/components/Journal'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { STROKE } from '@shared/icons'
import { FileButton } from '../components/FileButton'
import { useKeep } from '../offline/useKeep'
import classes from './Demarche.module.css'

/** Question to the team, then the history of the démarche, newest first (TL-02, TL-14). */
export function Echanges({ view, focus }: { view: DemarcheView; focus: boolean }) {
  const [famille, setFamille] = useState<Genre | null>(null)
  const journal = useInfiniteQuery(journalQuery(view.id, famille))
  const items = journal.data?.pages.flatMap((page) => page.items).map(
    (line): JournalItem => ({
      id: line.id,
      genre: line.famille,
      at: line.at,
      titre: line.titre,
      detail: (line.detail || line.fichiers.length > 0) && (
        <>
          {line.fichiers.some((file) => line.detail?.includes(file.nom)) ? null : line.detail}
          {line.fichiers.map((file) => <FileButton key={file.id} file={file} />)}
        </>
      ),
      auteur: line.acteur,
      visibilite: 'client',
    }),
  )
  return (
    <>
      <Question demarcheId={view.id} focus={focus} />
      <Section titre="Historique">
        <Card>
          {!items && (journal.error ? <ErrorState error={journal.error} onRetry={() => void journal.refetch()} /> : <SkeletonRows lignes={5} hauteur={64} />)}
          {items?.length === 0 && <EmptyState>Rien pour l’instant.</EmptyState>}
          {items && items.length > 0 && (
            <Journal
              items={items}
              heures="parlees"
              filtre={{ familles: journal.data?.pages[0]?.familles ?? {}, choisie: famille, onChange: setFamille }}
              pied={journal.hasNextPage && (
                <Button variant="light" loading={journal.isFetchingNextPage} onClick={() => void journal.fetchNextPage()}>Voir la suite</Button>
              )}
            />
          )}
        </Card>
      </Section>
    </>
  )
}

function Question({ demarcheId, focus }: { demarcheId: string; focus: boolean }) {
  const client = useQueryClient()
  const [text, setText] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    if (focus) field.current?.focus()
  }, [focus])
  const keep = useKeep()
  // The same words sent again, after a cut, are one message.
  const key = useRef(crypto.randomUUID())
  const send = useMutation({
    mutationFn: async (texte: string): Promise<'envoye' | 'garde'> => {
      const chemin = `/api/demarches/${demarcheId}/commentaires`
      try {
        await call('POST', chemin, { body: { texte }, idempotencyKey: key.current })
      } catch (error) {
        const kept = await keep(error, { id: key.current, genre: 'message', demarcheId, titre: 'Votre message', chemin, champs: { texte } })
        if (!kept) throw error
        key.current = crypto.randomUUID()
        return 'garde'
      }
      key.current = crypto.randomUUID()
      return 'envoye'
    },
    onSuccess: () => {
      setText('')
      return client.invalidateQueries({ queryKey: ['demarche', demarcheId, 'journal'] })
    },
  })
  return (
    <Card>
      <form
        className={classes.modal}
        onSubmit={(event) => {
          event.preventDefault()
          send.mutate(text.trim())
        }}
      >
        <Textarea ref={field} label="Poser une question" description="Votre équipe répond sous 2 jours ouvrés." value={text} maxLength={5000} onChange={(event) => {
          key.current = crypto.randomUUID()
          setText(event.currentTarget.value)
        }} />
        {send.error && <p className={classes.error} role="alert">{messageOf(send.error)}</p>}
        {send.isSuccess && text === '' && (
          <p className={classes.sent} role="status">
            {send.data === 'garde' ? 'Vous êtes hors connexion. Votre message partira dès que le réseau reviendra.' : 'C’est envoyé. Votre équipe vous répond ici.'}
          </p>
        )}
        <Button type="submit" loading={send.isPending} disabled={text.trim() === ''} leftSection={<IconSend size={20} stroke={STROKE} />}>Envoyer</Button>
      </form>
    </Card>
  )
}
