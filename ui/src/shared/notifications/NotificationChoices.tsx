import { Button, Select, Switch } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconBell, IconDeviceMobile, IconX } from '@tabler/icons-react'
import { call, messageOf } from '../api/http'
import { preferencesQuery } from '../api/queries'
import type { Preferences } from '../api/types'
import { ErrorState, SkeletonRows } from '../components/States'
import { NBSP, shortDate } from '../format'
import { STROKE } from '../icons'
import classes from './NotificationChoices.module.css'
import { acceptPush, pushPossible, refusePush, thisDevice } from './push'

const RYTHMES = [
  { value: 'immediat', label: 'Tout de suite' },
  { value: 'quotidien', label: 'Une fois par jour' },
  { value: 'jamais', label: 'Jamais' },
]
const HOURS = Array.from({ length: 24 }, (_, hour) => ({ value: `${String(hour).padStart(2, '0')}:00`, label: `${hour}${NBSP}h` }))
const QUIET = { debut: '21:00', fin: '08:00' }
/** The API says « 08:00:00 »; whatever the minutes, the list has whole hours. */
const toHour = (time: string): string => `${time.slice(0, 2)}:00`

/** What is told outside of the portal, by which channel and when (NOT-04, NOT-14). Each choice is saved as it is made. */
export function NotificationChoices() {
  const { data, error, refetch } = useQuery(preferencesQuery)
  if (!data) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={3} hauteur={80} />
  return <Choices chosen={data} />
}

function Choices({ chosen }: { chosen: Preferences }) {
  const client = useQueryClient()
  const save = useMutation({
    mutationFn: (next: Preferences) =>
      call<Preferences>('PUT', '/api/moi/notifications', {
        body: {
          types: next.types.map(({ type, courriel, push }) => ({ type, courriel, push })),
          recapitulatif: toHour(next.recapitulatif),
          silence: next.silence && { debut: toHour(next.silence.debut), fin: toHour(next.silence.fin) },
        },
      }),
    onMutate: (next) => {
      const before = chosen
      client.setQueryData(preferencesQuery.queryKey, next)
      return { before }
    },
    onSuccess: (saved) => client.setQueryData(preferencesQuery.queryKey, saved),
    onError: (_, __, kept) => client.setQueryData(preferencesQuery.queryKey, kept?.before ?? chosen),
    scope: { id: 'preferences' },
  })
  const change = (next: Partial<Preferences>): void => save.mutate({ ...chosen, ...next })
  const push = chosen.cle_push !== null
  const daily = chosen.types.some((type) => type.courriel === 'quotidien' || (push && type.push === 'quotidien'))
  const { silence } = chosen
  return (
    <div className={classes.choices}>
      <ul className={classes.types}>
        {chosen.types.map((type) => {
          const set = (canal: 'courriel' | 'push') => (value: string | null): void =>
            change({ types: chosen.types.map((each) => (each.type === type.type ? { ...each, [canal]: value ?? each[canal] } : each)) })
          return (
            <li key={type.type} className={classes.type}>
              <p><strong>{type.libelle}</strong><span>{type.description}</span></p>
              <Select label="Par email" aria-label={`${type.libelle}, par email`} data={RYTHMES} value={type.courriel} allowDeselect={false} onChange={set('courriel')} />
              {push && <Select label="En notification" aria-label={`${type.libelle}, en notification`} data={RYTHMES} value={type.push} allowDeselect={false} onChange={set('push')} />}
            </li>
          )
        })}
      </ul>
      {daily && (
        <Select className={classes.hour ?? ''} label="Récapitulatif du jour à" data={HOURS} value={toHour(chosen.recapitulatif)} allowDeselect={false} onChange={(value) => value && change({ recapitulatif: value })} />
      )}
      <div>
        <Switch label="Heures calmes" description="Rien ne part pendant ces heures. Ce qui arrive entre-temps attend la fin." checked={silence !== null} onChange={(event) => change({ silence: event.currentTarget.checked ? QUIET : null })} />
        {silence && (
          <div className={classes.hours}>
            <Select label="De" data={HOURS.filter(({ value }) => value !== toHour(silence.fin))} value={toHour(silence.debut)} allowDeselect={false} onChange={(value) => value && change({ silence: { ...silence, debut: value } })} />
            <Select label="À" data={HOURS.filter(({ value }) => value !== toHour(silence.debut))} value={toHour(silence.fin)} allowDeselect={false} onChange={(value) => value && change({ silence: { ...silence, fin: value } })} />
          </div>
        )}
      </div>
      <p role="status" className={save.error ? classes.error : classes.saved}>{save.error ? messageOf(save.error) : save.isSuccess ? 'Votre choix est enregistré.' : ''}</p>
      {chosen.cle_push !== null && <Devices cle={chosen.cle_push} appareils={chosen.appareils} />}
    </div>
  )
}

function Devices({ cle, appareils }: { cle: string; appareils: Preferences['appareils'] }) {
  const client = useQueryClient()
  const here = useQuery({ queryKey: ['appareil', appareils], queryFn: thisDevice, networkMode: 'always' })
  const done = (): Promise<unknown> => client.invalidateQueries({ queryKey: preferencesQuery.queryKey })
  const accept = useMutation({ mutationFn: () => acceptPush(cle), onSuccess: done })
  const refuse = useMutation({ mutationFn: refusePush, onSuccess: done })
  const known = appareils.some(({ id }) => id === here.data)
  const failure = accept.error ?? refuse.error
  return (
    <div className={classes.devices}>
      <h3>Appareils qui reçoivent vos notifications</h3>
      {appareils.length > 0 && (
        <ul>
          {appareils.map(({ id, navigateur, created_at: at }) => (
            <li key={id}>
              <IconDeviceMobile size={20} stroke={STROKE} aria-hidden />
              <span>{navigateur}{id === here.data && ' (cet appareil)'}<small>depuis le {shortDate(at)}</small></span>
              <button type="button" aria-label={`Ne plus notifier ${navigateur}`} onClick={() => refuse.mutate(id)}><IconX size={18} stroke={STROKE} aria-hidden /></button>
            </li>
          ))}
        </ul>
      )}
      {!known && (pushPossible() ? (
        <Button variant="light" leftSection={<IconBell size={20} stroke={STROKE} />} loading={accept.isPending} onClick={() => accept.mutate()}>Recevoir les notifications ici</Button>
      ) : <p className={classes.saved}>Ce navigateur ne propose pas de notifications. Sur un iPhone, installez d’abord votre espace sur l’écran d’accueil.</p>)}
      {failure && <p role="alert" className={classes.error}>{failure.name === 'Error' ? failure.message : messageOf(failure)}</p>}
    </div>
  )
}
