import { Button, PasswordInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconLock, IconShieldLock, IconUpload } from '@tabler/icons-react'
import { Suspense, useEffect, useRef, useState } from 'react'
import { sendOne } from '@shared/api/deposit'
import { ApiError, call, messageOf } from '@shared/api/http'
import { Card, Section } from '@shared/components/Card'
import { EmptyState } from '@shared/components/States'
import { count, hour, NBSP } from '@shared/format'
import { DocumentRow } from '@shared/ged/Ged'
import { gedQuery, KEPT, rootOf } from '@shared/ged/queries'
import { STROKE } from '@shared/icons'
import { part } from '@shared/router/lazy'
import classes from './Coffre.module.css'

const DocumentDialog = part(async () => (await import('@shared/ged/DocumentDialog')).DocumentDialog)

/** The vault of a particulier: opened with the password, for ten minutes, in this window only (GED-07, SEC-21). */
export function Coffre({ tiersId, titre }: { tiersId: string; titre: string }) {
  const client = useQueryClient()
  const { data } = useQuery(gedQuery(tiersId, ''))
  const changed = (): Promise<void> => client.invalidateQueries({ queryKey: ['ged', tiersId] })
  const until = data?.coffre?.ouvert_jusqu_a ?? null
  useEffect(() => {
    if (until === null) return
    const closing = setTimeout(() => {
      client.removeQueries({ queryKey: ['ged', tiersId, 'document'] })
      void client.invalidateQueries({ queryKey: ['ged', tiersId] })
    }, Math.max(1000, Date.parse(until) - Date.now()))
    return () => clearTimeout(closing)
  }, [client, tiersId, until])
  if (!data?.coffre) return null
  return (
    <Section titre={titre}>
      {until === null
        ? <Closed documents={data.coffre.documents} onOpen={changed} />
        : <Open tiersId={tiersId} until={until} onChange={changed} />}
    </Section>
  )
}

function Closed({ documents, onOpen }: { documents: number; onOpen: () => Promise<void> }) {
  const [password, setPassword] = useState('')
  const open = useMutation({
    mutationFn: () => call('POST', '/api/moi/coffre', { body: { mot_de_passe: password } }),
    onSuccess: onOpen,
  })
  return (
    <Card>
      <form
        className={classes.closed}
        onSubmit={(event) => {
          event.preventDefault()
          open.mutate()
        }}
      >
        <p className={classes.lead}>
          <IconShieldLock size={28} stroke={STROKE} aria-hidden />
          <span>
            {documents === 0 ? 'Gardez ici vos documents les plus sensibles' : `${count(documents, 'document')} à l’abri`}{NBSP}: chiffrés, jamais gardés sur cet appareil, et demandés avec votre mot de passe à chaque fois.
          </span>
        </p>
        <PasswordInput label="Votre mot de passe" autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.currentTarget.value)} error={open.error instanceof ApiError && open.error.errors[0] ? open.error.errors[0].detail : open.error ? messageOf(open.error) : undefined} />
        <Button type="submit" loading={open.isPending} disabled={password === ''} leftSection={<IconLock size={20} stroke={STROKE} />}>Ouvrir mon coffre-fort</Button>
      </form>
    </Card>
  )
}

function Open({ tiersId, until, onChange }: { tiersId: string; until: string; onChange: () => Promise<void> }) {
  const client = useQueryClient()
  const { data } = useQuery(gedQuery(tiersId, ''))
  const [shown, setShown] = useState<string | null>(null)
  const picker = useRef<HTMLInputElement>(null)
  const documents = data?.documents.filter((document) => document.coffre) ?? []
  const close = useMutation({
    mutationFn: () => call('DELETE', '/api/moi/coffre'),
    onSuccess: () => {
      client.removeQueries({ queryKey: ['ged', tiersId, 'document'] })
      return onChange()
    },
  })
  const add = useMutation({
    mutationFn: async (files: File[]) => {
      for (const file of files) {
        const key = crypto.randomUUID()
        const televersement = await sendOne(`${rootOf(tiersId)}/televersements`, file, key, () => undefined, new AbortController().signal)
        const nom = file.name.replace(/\.[^.]+$/, '').slice(0, 120) || file.name
        await call('POST', `${rootOf(tiersId)}/documents`, { body: { nom, televersement, coffre: true }, idempotencyKey: key })
      }
    },
    onSettled: onChange,
  })
  const failure = add.error ?? close.error
  return (
    <>
      <div className={classes.bar}>
        <p role="status">Ouvert jusqu’à {hour(until)}.</p>
        <input ref={picker} type="file" multiple hidden tabIndex={-1} accept={KEPT} aria-label="Choisir des documents pour le coffre-fort" onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])]
          event.currentTarget.value = ''
          if (files.length > 0) add.mutate(files)
        }} />
        <Button loading={add.isPending} leftSection={<IconUpload size={20} stroke={STROKE} />} onClick={() => picker.current?.click()}>Mettre au coffre</Button>
        <Button variant="default" loading={close.isPending} leftSection={<IconLock size={20} stroke={STROKE} />} onClick={() => close.mutate()}>Refermer</Button>
      </div>
      {failure && <p className={classes.error} role="alert">{messageOf(failure)}</p>}
      <Card nue={documents.length > 0}>
        {documents.length === 0
          ? <EmptyState>Votre coffre-fort est vide.</EmptyState>
          : <ul>{documents.map((document) => <DocumentRow key={document.id} document={document} cabinet={false} onOpen={() => setShown(document.id)} />)}</ul>}
      </Card>
      {shown && <Suspense><DocumentDialog tiersId={tiersId} id={shown} cabinet={false} folders={[]} onClose={() => setShown(null)} /></Suspense>}
    </>
  )
}
