import { Button, Switch, Table, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconSend } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { ApiError, call, messageOf } from '@shared/api/http'
import type { MailDelivery, MailPlatform, PlatformTrial } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { count, NBSP, shortDate, spokenHour } from '@shared/format'
import { STROKE } from '@shared/icons'
import { toastDone } from '../components/toasts'
import { Reglages } from '../parametres/Reglages'
import classes from './ParametresPage.module.css'

const ROOT = '/api/parametres/plateforme'
const KEY = ['plateforme']
const LOG = ['livraisons']

/** What an administrator sets: who sends the mails (NOT-06). */
export function ParametresPage() {
  return <Reglages droit="plateforme.regler" sousTitre="Envoi des emails"><Platform /></Reglages>
}

function Platform() {
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => call<MailPlatform>('GET', ROOT, { signal }),
    // The secret is told once: it stays on screen while the other window is filled in.
    staleTime: Infinity,
  })
  if (!data) return <Card>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={4} hauteur={44} />}</Card>
  return (
    <div className={classes.page}>
      <Settings key={`${data.actif} ${data.url}`} saved={data} />
      <Log />
    </div>
  )
}

function Settings({ saved }: { saved: MailPlatform }) {
  const client = useQueryClient()
  const [actif, setActif] = useState(saved.actif)
  const [url, setUrl] = useState(saved.url)
  const save = useMutation({
    mutationFn: () => call<MailPlatform>('PUT', ROOT, { body: { actif, url: url.trim() } }),
    onSuccess: (told) => {
      client.setQueryData(KEY, { ...told })
      toastDone(told.actif ? 'Les emails passent par la plateforme' : 'Les emails partent du serveur du cabinet')
    },
  })
  const attempt = useMutation({ mutationFn: () => call<PlatformTrial>('POST', `${ROOT}/essai`) })
  const wrong = save.error instanceof ApiError ? save.error.errors[0]?.detail : undefined
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Card>
      <form onSubmit={submit} className={classes.form} noValidate>
        <h2 className={classes.title}>Plateforme externe</h2>
        <p className={classes.soft}>Chaque email est posté en JSON, signé, à cette adresse{NBSP}; la plateforme le met en forme et l’envoie. Sans elle, les emails partent du serveur du cabinet.</p>
        {saved.desactivee_le && (
          <p className={classes.warning} role="alert">
            Désactivée d’elle-même le {shortDate(saved.desactivee_le)} à {spokenHour(saved.desactivee_le)}. {saved.motif} Les emails partent du serveur du cabinet.
          </p>
        )}
        <Switch label="Confier les emails à la plateforme" checked={actif} onChange={(event) => setActif(event.currentTarget.checked)} />
        <TextInput label="Adresse" type="url" placeholder="https://" value={url} error={wrong} onChange={(event) => setUrl(event.currentTarget.value)} />
        {saved.secret
          ? <div className={classes.secret} role="status"><p>Secret de signature, à recopier maintenant dans la plateforme{NBSP}: il ne sera plus affiché.</p><code>{saved.secret}</code></div>
          : <p className={classes.soft}>{saved.secret_connu ? 'Un secret de signature est enregistré.' : 'Un secret de signature sera créé à l’enregistrement.'} Signature{NBSP}: Standard Webhooks (HMAC-SHA256).</p>}
        {save.error && !wrong && <p className={classes.error} role="alert">{messageOf(save.error)}</p>}
        <div className={classes.actions}>
          <Button type="submit" loading={save.isPending}>Enregistrer</Button>
          <Button variant="default" leftSection={<IconSend size={16} stroke={STROKE} />} disabled={!saved.url} loading={attempt.isPending} onClick={() => attempt.mutate()}>Envoyer un essai</Button>
          <span role="status">{attempt.error ? messageOf(attempt.error) : attempt.data ? told(attempt.data) : ''}</span>
        </div>
      </form>
    </Card>
  )
}

const told = ({ reussi, erreur, duree_ms }: PlatformTrial): string =>
  reussi ? `Reçu par la plateforme en ${duree_ms}${NBSP}ms.` : `Échec. ${erreur ?? ''}`

const states: Record<MailDelivery['etat'], { libelle: string; couleur: string; icone: string }> = {
  en_attente: { libelle: 'En attente', couleur: 'ambre', icone: 'clock' },
  fait: { libelle: 'Remis', couleur: 'vert', icone: 'check' },
  refusee: { libelle: 'Refusé', couleur: 'rouge', icone: 'alert-circle' },
  abandonnee: { libelle: 'Abandonné', couleur: 'rouge', icone: 'alert-circle' },
}

/** What was handed over, newest first, and what became of it. */
function Log() {
  const { data, error, refetch } = useQuery({
    queryKey: LOG,
    queryFn: ({ signal }) => call<MailDelivery[]>('GET', `${ROOT}/livraisons`, { signal }),
    refetchInterval: (query) => (query.state.data?.some(({ etat }) => etat === 'en_attente') ? 10_000 : false),
  })
  const waiting = data?.filter(({ etat }) => etat === 'en_attente').length ?? 0
  return (
    <Card>
      <h2 className={classes.title}>Journal des envois{waiting > 0 ? ` (${count(waiting, 'en attente', 'en attente')})` : ''}</h2>
      {!data ? (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={4} hauteur={40} />)
        : data.length === 0 ? <EmptyState>Aucun email n’a encore été confié à la plateforme.</EmptyState>
        : (
          <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': 'Journal des envois' } }}>
            <Table>
              <Table.Thead><Table.Tr><Table.Th>N°</Table.Th><Table.Th>Confié le</Table.Th><Table.Th>Email</Table.Th><Table.Th>État</Table.Th><Table.Th>Essais</Table.Th><Table.Th>Réponse</Table.Th></Table.Tr></Table.Thead>
              <Table.Tbody>
                {data.map((line) => (
                  <Table.Tr key={line.id}>
                    <Table.Td>{line.numero}</Table.Td>
                    <Table.Td>{shortDate(line.created_at)}, {spokenHour(line.created_at)}</Table.Td>
                    <Table.Td><Link to={`/demarches/${line.demarche_id}`}>{line.type}</Link></Table.Td>
                    <Table.Td><StatusBadge objet="document" cle="disponible" perso={states[line.etat]} /></Table.Td>
                    <Table.Td>{line.tentatives}</Table.Td>
                    <Table.Td>{line.erreur ?? (line.statut === null ? '–' : `${line.statut}, ${line.duree_ms}${NBSP}ms`)}{line.etat === 'en_attente' && line.tentatives > 0 ? ` Prochain essai à ${spokenHour(line.pas_avant)}.` : ''}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
    </Card>
  )
}
