import { Button, FileButton, NumberInput, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconFileTypePdf, IconPhoto, IconTrash } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { ApiError, call, messageOf } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Card } from '@shared/components/Card'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import { fileSize, NBSP, phone, siret } from '@shared/format'
import { STROKE } from '@shared/icons'
import { toastDone } from '../components/toasts'
import { Reglages } from './Reglages'
import classes from './Reglages.module.css'

type Regle = components['schemas']['CabinetRegle']
type Seuil = 'jauge_orange' | 'jauge_rouge'
type Champ = Exclude<keyof Regle, 'logo' | Seuil>

const ROOT = '/api/parametres/cabinet'
const KEY = ['parametres', 'cabinet']
const LOGO_MAX = 150 * 1024

const champs: { nom: Champ; libelle: string; aide?: string; lignes?: number; max: number; large?: boolean }[] = [
  { nom: 'nom', libelle: 'Nom du cabinet', max: 200 },
  { nom: 'en_tete', libelle: 'Ligne sous le nom', aide: 'Métier ou devise, sur les documents et les emails.', max: 120 },
  { nom: 'adresse', libelle: 'Adresse', lignes: 3, max: 500, large: true },
  { nom: 'telephone', libelle: 'Téléphone', max: 20 },
  { nom: 'email', libelle: 'Adresse email', max: 254 },
  { nom: 'site', libelle: 'Site', max: 200 },
  { nom: 'siret', libelle: 'SIRET', max: 20 },
  { nom: 'horaires', libelle: 'Horaires', max: 300, large: true },
  { nom: 'pied_de_page', libelle: 'Pied de page', aide: 'Mentions légales, au bas des documents et des emails.', lignes: 2, max: 240, large: true },
]

const seuils: { nom: Seuil; libelle: string; aide: string }[] = [
  { nom: 'jauge_orange', libelle: 'Orange au-delà de', aide: 'Jusque-là, la jauge est verte.' },
  { nom: 'jauge_rouge', libelle: 'Rouge au-delà de', aide: 'Le repère HCSF reste marqué d’un trait.' },
]

/** The firm's contact details and letterhead: logo, line under the name, footer (PDF-03). */
export function CabinetPage() {
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => call<Regle>('GET', ROOT, { signal }),
    staleTime: Infinity,
    gcTime: 0,
  })
  return (
    <Reglages droit="cabinet.regler" sousTitre="Ce que disent du cabinet le portail, les documents et les emails">
      {data ? <Formulaire saved={data} /> : <Card>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={6} hauteur={44} />}</Card>}
    </Reglages>
  )
}

function Formulaire({ saved }: { saved: Regle }) {
  const client = useQueryClient()
  const [valeurs, setValeurs] = useState<Regle>(saved)
  const keep = (told: Regle): void => {
    client.setQueryData(KEY, told)
    void client.invalidateQueries({ queryKey: ['cabinet'] })
  }
  const save = useMutation({
    mutationFn: () => call<Regle>('PUT', ROOT, { body: Object.fromEntries([
      ...champs.map(({ nom }) => [nom, valeurs[nom]?.trim() || null]),
      ...seuils.map(({ nom }) => [nom, valeurs[nom]]),
    ]) }),
    onSuccess: (told) => {
      keep(told)
      setValeurs(told)
      toastDone('Réglages du cabinet enregistrés')
    },
  })
  const wrong = save.error instanceof ApiError ? save.error.errors : []
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <div className={classes.atelier}>
      <Card>
        <form onSubmit={submit} className={classes.pile} noValidate>
          <div className={classes.champs}>
            {champs.map(({ nom, libelle, aide, lignes, max, large }) => {
              const props = {
                label: libelle,
                description: aide,
                inputWrapperOrder: ['label', 'input', 'description', 'error'] satisfies ('label' | 'input' | 'description' | 'error')[],
                maxLength: max,
                required: nom === 'nom',
                className: large ? classes.large : undefined,
                value: valeurs[nom] ?? '',
                error: wrong.find(({ pointer }) => pointer === `/${nom}`)?.detail,
                onChange: (event: { currentTarget: { value: string } }) => {
                  const { value } = event.currentTarget
                  setValeurs((before) => ({ ...before, [nom]: value }))
                },
              }
              return lignes ? <Textarea key={nom} {...props} rows={lignes} /> : <TextInput key={nom} {...props} />
            })}
          </div>
          <h2 className={classes.titre}>Jauge du taux d’endettement</h2>
          <p className={classes.doux}>Ses couleurs, dans les simulations de crédit du cabinet et du portail.</p>
          <div className={classes.champs}>
            {seuils.map(({ nom, libelle, aide }) => (
              <NumberInput
                key={nom}
                label={libelle}
                description={aide}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                suffix={`${NBSP}%`}
                min={1}
                max={100}
                clampBehavior="none"
                allowDecimal={false}
                value={valeurs[nom]}
                error={wrong.find(({ pointer }) => pointer === `/${nom}`)?.detail}
                onChange={(value) => setValeurs((before) => ({ ...before, [nom]: Number(value) }))}
              />
            ))}
          </div>
          {save.error && wrong.length === 0 && <p className={classes.erreur} role="alert">{messageOf(save.error)}</p>}
          <div><Button type="submit" loading={save.isPending}>Enregistrer</Button></div>
        </form>
      </Card>
      <Card>
        <div className={classes.pile}>
          <LogoCabinet logo={saved.logo ?? null} onChange={keep} />
          <h2 className={classes.titre}>Papier à en-tête</h2>
          <div><Button component="a" variant="default" href={`${ROOT}/papier`} target="_blank" rel="noopener" leftSection={<IconFileTypePdf size={16} stroke={STROKE} />}>Voir un PDF</Button></div>
          <Papier cabinet={{ ...valeurs, logo: saved.logo }} />
          <p className={classes.doux}>Les prochains documents et emails le portent{NBSP}; ceux qui sont faits ne changent pas.</p>
        </div>
      </Card>
    </div>
  )
}

function LogoCabinet({ logo, onChange }: { logo: string | null; onChange: (told: Regle) => void }) {
  const [refus, setRefus] = useState<string | null>(null)
  const send = useMutation({
    mutationFn: async (file: File | null) => (file ? call<Regle>('PUT', `${ROOT}/logo`, { body: { image: await base64(file) } }) : call<Regle>('DELETE', `${ROOT}/logo`)),
    onSuccess: onChange,
  })
  const choose = (file: File | null): void => {
    if (!file) return
    send.reset()
    setRefus(null)
    if (file.size > LOGO_MAX) setRefus(`Ce fichier pèse ${fileSize(file.size)}${NBSP}: réduisez l’image à 150${NBSP}ko au plus.`)
    else if (!['image/png', 'image/jpeg'].includes(file.type)) setRefus('Choisissez une image PNG ou JPEG.')
    else send.mutate(file)
  }
  return (
    <section className={classes.pile} aria-labelledby="titre-logo">
      <h2 id="titre-logo" className={classes.titre}>Logo</h2>
      <p className={classes.doux}>PNG ou JPEG, 150{NBSP}ko au plus. Sans logo, les documents portent la première lettre du nom.</p>
      <div className={classes.barre}>
        <FileButton accept="image/png,image/jpeg" onChange={choose} inputProps={{ 'aria-label': 'Fichier du logo' }}>
          {(props) => <Button {...props} variant="default" loading={send.isPending} leftSection={<IconPhoto size={16} stroke={STROKE} />}>{logo ? 'Changer le logo' : 'Choisir un logo'}</Button>}
        </FileButton>
        {logo && <Button variant="subtle" color="gray" leftSection={<IconTrash size={16} stroke={STROKE} />} onClick={() => send.mutate(null)}>Retirer</Button>}
      </div>
      {(refus ?? send.error) && <p className={classes.erreur} role="alert">{refus ?? messageOf(send.error)}</p>}
    </section>
  )
}

/** The image of a file, as the API takes it. */
async function base64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let start = 0; start < bytes.length; start += 0x8000) text += String.fromCharCode(...bytes.subarray(start, start + 0x8000))
  return btoa(text)
}

/** The top and the foot of a document. */
function Papier({ cabinet }: { cabinet: Regle }) {
  return (
    <div className={classes.papier} role="img" aria-label="Exemple de papier à en-tête">
      <div className={classes.papierTete}>
        <div className={classes.papierMarque}>
          {cabinet.logo && <img src={cabinet.logo} alt="" />}
          <div>
            <strong>{cabinet.nom}</strong>
            {cabinet.en_tete && <p>{cabinet.en_tete}</p>}
            {cabinet.siret && <p>SIRET {siret(cabinet.siret)}</p>}
          </div>
        </div>
        <p className={classes.papierContact}>{[cabinet.adresse, cabinet.telephone && phone(cabinet.telephone), cabinet.email].filter(Boolean).join('\n')}</p>
      </div>
      <div className={classes.papierVide} />
      <p className={classes.papierPied}>{[`Dossier EMB-2026-0147 · ${cabinet.nom}`, cabinet.pied_de_page].filter(Boolean).join('\n')}</p>
    </div>
  )
}
