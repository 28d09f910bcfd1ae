import { Alert, Button, CopyButton, Group, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { IconCheck, IconCopy, IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { call } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Dialog } from '@shared/components/Dialog'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import { STROKE } from '@shared/icons'
import { toastDone } from '../components/toasts'
import { typo } from '../components/typo'
import classes from './Auteur.module.css'

type ScenarioReel = components['schemas']['ScenarioReel']
type ScenarioAjoute = components['schemas']['ScenarioAjoute']

const REFERENCE = /^[A-Z]{2,5}-\d{4}-\d{1,8}$/

interface Props {
  modele: string
  /** The démarche it is made of; asked for when absent. */
  reference?: string
  onClose: () => void
  /** Told the name of the scenario once it is among those of the modèle. */
  onAjoute?: (scenario: string) => void
}

/** « Faire un scénario de cette démarche »: a file that names nobody, to read, copy, download or keep (MOD-02). */
export function ScenarioDialog({ modele, reference, onClose, onAjoute }: Props) {
  const [asked, setAsked] = useState('')
  const [chosen, setChosen] = useState(reference ?? null)
  const ready = REFERENCE.test(asked)
  return (
    <Dialog opened onClose={onClose} title={chosen ? `Scénario d’après ${chosen}` : 'Scénario d’une vraie démarche'} size="lg">
      {chosen ? <Fichier modele={modele} reference={chosen} onClose={onClose} {...(onAjoute ? { onAjoute } : {})} /> : (
        <form className={classes.nouveau} onSubmit={(event) => { event.preventDefault(); if (ready) setChosen(asked) }}>
          <TextInput
            label="Référence de la démarche" description="Comme elle est écrite en haut de son dossier." placeholder="EMB-2026-0012" data-autofocus
            value={asked} onChange={(event) => setAsked(event.currentTarget.value.trim().toUpperCase())}
          />
          <Button type="submit" disabled={!ready}>Faire le scénario</Button>
        </form>
      )}
    </Dialog>
  )
}

function Fichier({ modele, reference, onClose, onAjoute }: Props & { reference: string }) {
  const client = useQueryClient()
  const chemin = `/api/modeles/${encodeURIComponent(modele)}/scenario/${encodeURIComponent(reference)}`
  const { data, error, refetch } = useQuery({ queryKey: ['modeles', modele, 'scenario', reference], queryFn: () => call<ScenarioReel>('GET', chemin), gcTime: 0 })
  const [echec, setEchec] = useState<unknown>(null)
  const [enCours, setEnCours] = useState(false)
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data) return <SkeletonRows lignes={6} hauteur={20} />
  const ajouter = async (): Promise<void> => {
    setEnCours(true)
    setEchec(null)
    try {
      const done = await call<ScenarioAjoute>('POST', chemin, { body: { remplacer: data.existe } })
      await client.invalidateQueries({ queryKey: ['modeles', modele, 'brouillon'] })
      toastDone(`Scénario ajouté : ${done.scenario.replaceAll('_', ' ')}`)
      if (onAjoute) onAjoute(done.scenario)
      else onClose()
    } catch (failure) {
      setEchec(failure)
      setEnCours(false)
      void refetch()
    }
  }
  const telecharger = (): void => {
    const url = URL.createObjectURL(new Blob([data.texte], { type: 'application/yaml' }))
    const link = document.createElement('a')
    link.href = url
    link.download = data.nom
    link.click()
    setTimeout(() => URL.revokeObjectURL(url), 1000)
  }
  return (
    <>
      <p className={classes.aide}>Les choix, les montants et les délais sont ceux de la démarche ; les noms, les textes et les numéros ont été remplacés. Relisez-le avant de le garder.</p>
      {!data.meme_fin && <Alert mt="sm" color="yellow">Joué, ce scénario ne suit pas le même chemin que la démarche. Il reste un bon point de départ.</Alert>}
      <pre className={classes.diff} tabIndex={0} aria-label={`Fichier ${data.nom}`}>{data.texte}</pre>
      {data.lecture_seule && <Alert mt="sm" color="yellow">{typo(data.lecture_seule)}</Alert>}
      {data.existe && <p className={classes.aide}>Un scénario « {data.nom} » existe déjà : l’ajouter le remplace.</p>}
      {echec !== null && <ErrorState error={echec} />}
      <Group mt="md" gap="xs">
        <Button disabled={data.lecture_seule !== null} loading={enCours} onClick={() => void ajouter()}>{data.existe ? 'Remplacer le scénario' : 'Ajouter aux scénarios du modèle'}</Button>
        <Button variant="default" leftSection={<IconDownload size={16} stroke={STROKE} />} onClick={telecharger}>Télécharger</Button>
        <CopyButton value={data.texte}>
          {({ copied, copy }) => <Button variant="default" leftSection={copied ? <IconCheck size={16} stroke={STROKE} /> : <IconCopy size={16} stroke={STROKE} />} onClick={copy}>{copied ? 'Copié' : 'Copier'}</Button>}
        </CopyButton>
      </Group>
    </>
  )
}
