import { Button, SegmentedControl, Textarea } from '@mantine/core'
import { IconEye, IconLock } from '@tabler/icons-react'
import { type RefObject, useRef, useState } from 'react'
import { STROKE } from '@shared/icons'
import { messageOf } from '@shared/api/http'
import { useCommands } from '../api/commands'
import classes from './Composer.module.css'

interface Props {
  demarcheId: string
  /** Name of the client, who reads what is not internal. */
  client: string
  field?: RefObject<HTMLTextAreaElement | null>
  /** `tache:<id>`, `piece:<id>`: what the comment is about. */
  objet?: string
  placeholder?: string
}

/** Internal note or message that the client sees; the choice is always visible (TL-05). */
export function Composer({ demarcheId, client, field, objet, placeholder = 'Écrire une note ou un message…' }: Props) {
  const { send } = useCommands(demarcheId)
  const [text, setText] = useState('')
  const [sight, setSight] = useState<'interne' | 'client'>('interne')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const [open, setOpen] = useState(false)
  const key = useRef(crypto.randomUUID())
  const internal = sight === 'interne'

  const post = async (): Promise<void> => {
    if (!text.trim()) return
    setBusy(true)
    setError(null)
    try {
      await send({ chemin: '/commentaires', body: { texte: text.trim(), interne: internal, ...(objet ? { objet } : {}) } }, key.current)
      setText('')
      setOpen(false)
      key.current = crypto.randomUUID()
    } catch (failure) {
      setError(messageOf(failure))
    } finally {
      setBusy(false)
    }
  }

  const active = open || text !== ''
  return (
    <form
      className={classes.composer}
      data-interne={internal || undefined}
      data-ouvert={active || undefined}
      onSubmit={(event) => {
        event.preventDefault()
        void post()
      }}
    >
      <Textarea
        ref={field}
        variant="unstyled"
        aria-label={internal ? 'Note interne' : `Message à ${client}`}
        placeholder={placeholder}
        rows={active ? 3 : 1}
        value={text}
        maxLength={5000}
        onFocus={() => setOpen(true)}
        onBlur={(event) => {
          if (!event.currentTarget.form?.contains(event.relatedTarget)) setOpen(false)
        }}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault()
            void post()
          }
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
        error={error}
      />
      <div className={classes.foot}>
        {active ? (
          <SegmentedControl
            size="xs"
            value={sight}
            onChange={(value) => setSight(value as typeof sight)}
            aria-label="Qui le lit"
            data={[
              { value: 'interne', label: <span className={classes.sight}><IconLock size={14} stroke={STROKE} aria-hidden />Interne</span> },
              { value: 'client', label: <span className={classes.sight}><IconEye size={14} stroke={STROKE} aria-hidden />Client</span> },
            ]}
          />
        ) : (
          <span className={classes.quiet}>{internal ? <IconLock size={14} stroke={STROKE} aria-hidden /> : <IconEye size={14} stroke={STROKE} aria-hidden />}{internal ? 'Interne' : 'Client'}</span>
        )}
        {active && (
          <Button type="submit" size="xs" loading={busy} disabled={!text.trim()}>
            {internal ? 'Ajouter la note' : 'Envoyer le message'}
          </Button>
        )}
      </div>
    </form>
  )
}
