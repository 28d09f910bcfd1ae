import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { call } from '@shared/api/http'
import type { AccessPerson } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import { Email } from '@shared/components/Email'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { type Instant, longDate, moment } from '@shared/format'
import { useNow } from '@shared/hooks/useNow'
import { STROKE } from '@shared/icons'
import { CommandDialog } from '../components/CommandDialog'
import { toastDone, toastFailure } from '../components/toasts'
import page from '../pages/ClientPage.module.css'
import classes from './AccesPortail.module.css'
import { missingOf, Personne } from './Personne'

const SENDING_MS = 3000

/** « Accès au portail »: who acts for the client there, whether they have come, and their links (SEC-02). */
export function AccesPortail({ id, nom }: { id: string; nom: string }) {
  const now = useNow()
  const client = useQueryClient()
  const path = `/api/tiers/${id}/acces`
  const { data, error, refetch } = useQuery({
    queryKey: ['tiers', id, 'acces'],
    queryFn: ({ signal }) => call<AccessPerson[]>('GET', path, { signal }),
    refetchInterval: ({ state }) => (state.data?.some(({ envoi }) => envoi === 'en_attente') ? SENDING_MS : false),
  })
  const [inviting, setInviting] = useState(false)
  const [leaving, setLeaving] = useState<AccessPerson | null>(null)
  const [busy, setBusy] = useState<string | null>(null)
  const reload = (): Promise<void> => client.invalidateQueries({ queryKey: ['tiers', id] })

  const send = async (person: AccessPerson): Promise<void> => {
    setBusy(person.id)
    try {
      await call('POST', `${path}/${person.id}/lien`)
      toastDone(`Un nouveau lien part vers ${person.email}`)
      await reload()
    } catch (failure) {
      toastFailure(failure)
    } finally {
      setBusy(null)
    }
  }

  return (
    <Card>
      <div className={classes.head}>
        <h2 className={page.title}>Accès au portail</h2>
        <Button size="xs" variant="default" leftSection={<IconUserPlus size={16} stroke={STROKE} />} onClick={() => setInviting(true)}>Inviter</Button>
      </div>
      {!data ? (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={2} hauteur={54} />)
        : data.length === 0 ? <EmptyState>Personne n’ouvre encore le portail pour ce client.</EmptyState>
        : (
          <ul className={classes.list}>
            {data.map((person) => (
              <li key={person.id}>
                <p className={classes.name}>{person.prenom} {person.nom}{person.fonction && <span>, {person.fonction}</span>}</p>
                <p><a href={`mailto:${person.email}`}><Email adresse={person.email} /></a></p>
                <p className={classes.small} data-alerte={person.envoi === 'echec' || undefined}>{stateOf(person, now)}</p>
                <div className={classes.actions}>
                  <Button size="compact-xs" variant="subtle" loading={busy === person.id} aria-label={`${again(person)} à ${person.prenom} ${person.nom}`} onClick={() => void send(person)}>{again(person)}</Button>
                  <Button size="compact-xs" variant="subtle" color="gray" aria-label={`Retirer l’accès de ${person.prenom} ${person.nom}`} onClick={() => setLeaving(person)}>Retirer</Button>
                </div>
              </li>
            ))}
          </ul>
        )}
      {inviting && <Inviter path={path} onDone={reload} onClose={() => setInviting(false)} />}
      {leaving && (
        <ConfirmDialog
          ouvert
          titre={`Retirer l’accès de ${leaving.prenom} ${leaving.nom} ?`}
          action="Retirer l’accès"
          danger
          onClose={() => setLeaving(null)}
          onConfirm={async () => {
            await call('DELETE', `${path}/${leaving.id}`)
            toastDone('Accès retiré')
            await reload()
          }}
        >
          <p>Cette personne ne verra plus rien de {nom} sur le portail, et les liens déjà reçus ne serviront plus. Ce qu’elle a rempli et déposé reste dans les dossiers.</p>
        </ConfirmDialog>
      )}
    </Card>
  )
}

const again = ({ etat }: AccessPerson): string => (etat === 'actif' ? 'Envoyer un lien de mot de passe' : 'Renvoyer l’invitation')

/** Whether somebody has come, or where their invitation is. */
function stateOf({ etat, envoi, envoye_le, expire_le, vu_le }: AccessPerson, now: Instant): string {
  if (envoi === 'echec') return 'L’email n’a pas pu partir : vérifiez l’adresse, puis renvoyez-le.'
  if (etat === 'actif') return `Actif, dernière connexion ${moment(vu_le ?? '', now)}`
  if (etat === 'invite' && envoi === 'en_attente') return 'Invitation en cours d’envoi'
  if (etat === 'invite' && envoye_le && expire_le) return `Invitation envoyée ${moment(envoye_le, now)}, valable jusqu’au ${longDate(expire_le)}`
  return envoye_le ? 'Jamais connecté, son lien ne sert plus' : 'Jamais connecté'
}

function Inviter({ path, onDone, onClose }: { path: string; onDone: () => Promise<void>; onClose: () => void }) {
  const [person, setPerson] = useState({ prenom: '', nom: '', email: '', fonction: '' })
  return (
    <CommandDialog
      titre="Inviter sur le portail"
      action="Envoyer l’invitation"
      onClose={onClose}
      check={() => missingOf(person)}
      onSubmit={async (key) => {
        const made = await call<AccessPerson>('POST', path, { body: { ...person, fonction: person.fonction || null }, idempotencyKey: key })
        toastDone(made.envoi ? `Invitation en route vers ${made.email}` : `${made.prenom} ${made.nom} a déjà un mot de passe : ce client apparaît dans son espace.`)
        await onDone()
      }}
    >
      {(errors) => (
        <>
          <p className={classes.small}>Cette personne reçoit un lien personnel, valable 7 jours, pour choisir son mot de passe. Elle verra les démarches et les documents de ce client.</p>
          <Personne value={person} onChange={setPerson} errors={errors} />
        </>
      )}
    </CommandDialog>
  )
}
