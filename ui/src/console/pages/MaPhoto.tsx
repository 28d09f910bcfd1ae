import { Button, FileButton } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { IconPhoto, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { apiFetch, call, messageOf } from '@shared/api/http'
import { moiQuery } from '@shared/api/session'
import { fileSize, NBSP } from '@shared/format'
import { STROKE } from '@shared/icons'
import { toastDone } from '../components/toasts'
import classes from './ProfilPage.module.css'

const ROOT = '/api/moi/photo'
const MAX = 5 * 1024 * 1024

async function send(file: File | null): Promise<void> {
  if (!file) await call('DELETE', ROOT)
  else await apiFetch(new Request(new URL(ROOT, location.origin), { method: 'PUT', headers: { 'Content-Type': file.type, Accept: 'application/json' }, body: file }))
}

/** One's own photo, which the clients see (EQP-02, EQP-03). */
export function MaPhoto({ photo }: { photo: string | null }) {
  const client = useQueryClient()
  const [refus, setRefus] = useState<string | null>(null)
  const change = useMutation({
    mutationFn: send,
    onSuccess: async (_, file) => {
      await client.invalidateQueries({ queryKey: moiQuery.queryKey })
      for (const key of ['equipe', 'demarche']) void client.invalidateQueries({ queryKey: [key] })
      toastDone(file ? 'Photo enregistrée' : 'Photo retirée')
    },
  })
  const choose = (file: File | null): void => {
    if (!file) return
    change.reset()
    setRefus(null)
    if (file.size > MAX) setRefus(`Ce fichier pèse ${fileSize(file.size)}${NBSP}: choisissez une image de 5${NBSP}Mo au plus.`)
    else if (!['image/png', 'image/jpeg'].includes(file.type)) setRefus('Choisissez une image JPEG ou PNG.')
    else change.mutate(file)
  }
  return (
    <div className={classes.photo}>
      <FileButton accept="image/png,image/jpeg" onChange={choose} inputProps={{ 'aria-label': 'Fichier de la photo' }}>
        {(props) => <Button {...props} variant="default" loading={change.isPending} leftSection={<IconPhoto size={16} stroke={STROKE} />}>{photo ? 'Changer la photo' : 'Choisir une photo'}</Button>}
      </FileButton>
      {photo && <Button variant="subtle" color="gray" disabled={change.isPending} leftSection={<IconTrash size={16} stroke={STROKE} />} onClick={() => { setRefus(null); change.mutate(null) }}>Retirer</Button>}
      <p className={classes.soft}>Vos clients la voient sur leur espace. JPEG ou PNG, 5{NBSP}Mo au plus{NBSP}; elle est recadrée en carré.</p>
      {(refus ?? change.error) && <p className={classes.error} role="alert">{refus ?? messageOf(change.error)}</p>}
    </div>
  )
}
