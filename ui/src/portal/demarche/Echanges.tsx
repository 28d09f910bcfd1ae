import { Button, Textarea } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { IconSend } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { call, messageOf } from '@shared/api/http'
import { journalQuery } from '@shared/api/queries'
import type { DemarcheView } from '@shared/api/types'
import { Card, Section } from '@shared/components/Card'
import { EtapeTimeline } from '@shared/components/EtapeTimeline'
import { ECHANGES, type Genre } from '@shared/components/Journal'
import { timelineOf } from '@shared/demarche/etapes'
import { nowOf } from '@shared/format'
import { STROKE } from '@shared/icons'
import { Fil } from '../components/Fil'
import { useKeep } from '../offline/useKeep'
import classes from './Demarche.module.css'

/** What is written or said between people; what the system tells comes when it is asked for. */
const ALL = ['echange', 'message', 'courriel', 'sms']

/** Question to the team, then what was exchanged, by type, newest first (ECH-02, ECH-06, TL-14). */
export function Echanges({ view, focus }: { view: DemarcheView; focus: boolean }) {
  const [famille, setFamille] = useState<Genre | null>(null)
  const feed = useInfiniteQuery(journalQuery(view.id, famille ?? ALL))
  return (
    <>
      <Question demarcheId={view.id} focus={focus} />
      <Section titre="Échanges"><Fil feed={feed} famille={famille} parmi={ECHANGES} onFamille={setFamille} /></Section>
    </>
  )
}

/** « Historique du Dossier »: all of it, by type (TL-02, TL-06). */
export function Historique({ view }: { view: DemarcheView }) {
  const [famille, setFamille] = useState<Genre | null>(null)
  const feed = useInfiniteQuery(journalQuery(view.id, famille))
  return <Section titre="Historique du Dossier"><Fil feed={feed} famille={famille} onFamille={setFamille} /></Section>
}

/** « Historique des étapes »: those that are over, with their dates, then what happened to each (DOS-18). */
export function HistoriqueEtapes({ view }: { view: DemarcheView }) {
  const feed = useInfiniteQuery(journalQuery(view.id, 'etape'))
  return (
    <>
      <Section titre="Historique des étapes"><EtapeTimeline etapes={timelineOf(view, nowOf(view))} /></Section>
      <Section titre="Dates et commentaires"><Fil feed={feed} famille="etape" parmi={[]} onFamille={() => undefined} /></Section>
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
