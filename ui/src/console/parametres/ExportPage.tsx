import { Button, FileButton, Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { IconFileImport, IconHistory, IconRestore } from '@tabler/icons-react'
import { lazy, Suspense, useEffect, useMemo, useState } from 'react'
import { call, messageOf } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Card } from '@shared/components/Card'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { NBSP, shortDate, spokenHour } from '@shared/format'
import { STROKE } from '@shared/icons'
import { fetched } from '@shared/router/lazy'
import { toastDone } from '../components/toasts'
import { Constats } from './Constats'
import { EXPORTS, ROOT } from './exports'
import { Reglages } from './Reglages'
import classes from './Reglages.module.css'
import { Variables } from './Variables'
import { Versions } from './Versions'

type Modele = components['schemas']['ModeleExportVue']
type Apercu = components['schemas']['ApercuExport']
type Version = components['schemas']['VersionExportVue']
type Dossiers = { items: { id: string; titre: string; reference: string }[] }

const Editeur = lazy(() => import('../modeles/Editeur'))
const PdfPages = lazy(fetched(() => import('@shared/viewer/PdfPages')))

/** The model of one PDF export: its text, what is wrong with it, what it gives on a dossier (PDF-04). */
export function ExportPage() {
  const { genre = '' } = useParams({ strict: false })
  const { data, error, refetch } = useQuery({
    queryKey: [...EXPORTS, genre],
    queryFn: ({ signal }) => call<Modele>('GET', `${ROOT}/${genre}`, { signal }),
    // What is being written is not replaced under the writer's hands.
    staleTime: Infinity,
    gcTime: 0,
  })
  if (!data) {
    return (
      <Reglages droit="cabinet.regler" titre="Modèle de PDF" suite={[{ libelle: 'Modèles de PDF', to: '/parametres/exports' }, { libelle: genre }]}>
        <Card>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={6} hauteur={40} />}</Card>
      </Reglages>
    )
  }
  return <Atelier key={`${data.genre} ${data.version}`} modele={data} />
}

function Atelier({ modele }: { modele: Modele }) {
  const client = useQueryClient()
  const adresse = `${ROOT}/${modele.genre}`
  const [corps, setCorps] = useState(modele.corps)
  const [dossier, setDossier] = useState<string | null>(null)
  const [insertion, setInsertion] = useState({ texte: '', rang: 0 })
  const [ligne, setLigne] = useState<number | null>(null)
  const [retour, setRetour] = useState(false)
  const [historique, setHistorique] = useState(false)
  const touched = corps !== modele.corps
  const [pose] = useDebouncedValue(corps, 700)
  const vide = !pose.trim()
  const dossiers = useQuery({ queryKey: ['demarches', 'exemples'], queryFn: ({ signal }) => call<Dossiers>('GET', '/api/demarches', { query: { etat: 'toutes', taille: 20 }, signal }) })
  const exemple = dossier ?? dossiers.data?.items[0]?.id ?? null
  const apercu = useQuery({
    queryKey: [...EXPORTS, modele.genre, 'apercu', pose, exemple],
    queryFn: ({ signal }) => call<Apercu>('POST', `${adresse}/apercu`, { body: { corps: pose, demarche: exemple }, signal }),
    enabled: !vide && dossiers.data !== undefined,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  })
  const octets = useMemo(() => (apercu.data?.pdf ? { data: Uint8Array.from(atob(apercu.data.pdf), (sign) => sign.charCodeAt(0)) } : null), [apercu.data?.pdf])
  const adopt = (seen: Modele): void => {
    client.setQueryData([...EXPORTS, modele.genre], seen)
    void client.invalidateQueries({ queryKey: EXPORTS, exact: true })
  }
  const write = (texte: string): Promise<Modele> => call<Modele>('PUT', adresse, { body: { corps: texte, version: modele.version } })
  const restore = (): Promise<Modele> => call<Modele>('DELETE', adresse, { query: { version: modele.version } })
  const save = useMutation({
    mutationFn: () => write(corps),
    onSuccess: (seen) => {
      adopt(seen)
      toastDone(`Modèle enregistré${NBSP}: il sert dès maintenant`)
    },
  })
  useEffect(() => {
    if (!touched) return
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [touched])

  const fautes = apercu.data?.constats ?? []
  const pret = apercu.data !== undefined && !apercu.isPlaceholderData && pose === corps
  const fichier = `${modele.genre}.html`
  return (
    <Reglages
      droit="cabinet.regler"
      titre={modele.titre}
      suite={[{ libelle: 'Modèles de PDF', to: '/parametres/exports' }, { libelle: modele.titre }]}
      sousTitre={modele.modifie && modele.updated_at
        ? `Réécrit le ${shortDate(modele.updated_at)} à ${spokenHour(modele.updated_at)}${modele.updated_par ? ` par ${modele.updated_par}` : ''}`
        : 'Modèle d’origine'}
      actions={(
        <>
          <Button variant="default" leftSection={<IconHistory size={16} stroke={STROKE} />} onClick={() => setHistorique(true)}>Versions</Button>
          {modele.modifie && <Button variant="default" leftSection={<IconRestore size={16} stroke={STROKE} />} onClick={() => setRetour(true)}>Revenir à l’original</Button>}
          <FileButton accept=".html,.htm,.j2,text/html" onChange={(file) => void file?.text().then(setCorps)} inputProps={{ 'aria-label': 'Fichier à importer' }}>
            {(props) => <Button {...props} variant="default" leftSection={<IconFileImport size={16} stroke={STROKE} />}>Importer</Button>}
          </FileButton>
          <Button disabled={!touched || !pret || !apercu.data?.enregistrable} loading={save.isPending} onClick={() => save.mutate()}>Enregistrer</Button>
        </>
      )}
    >
      {modele.echec && modele.echec_le && (
        <p className={classes.avis} role="alert">Ce texte n’a pas pu servir le {shortDate(modele.echec_le)} à {spokenHour(modele.echec_le)}{NBSP}: l’original a servi. {modele.echec}</p>
      )}
      {save.error && <p className={classes.erreur} role="alert">{messageOf(save.error)}</p>}
      <div className={classes.atelier}>
        <Card>
          <div className={classes.pile}>
            {touched && <div className={classes.barre}><Button variant="subtle" onClick={() => setCorps(modele.corps)}>Annuler mes changements</Button></div>}
            <Suspense fallback={<SkeletonRows lignes={8} hauteur={20} />}>
              <Editeur
                fichier={fichier} texte={corps} ligne={ligne} insertion={insertion} onChange={setCorps}
                constats={fautes.map((each) => ({ ...each, fichier, colonne: 1, etape: null }))}
              />
            </Suspense>
            <Variables variables={modele.variables} onInsert={(nom) => setInsertion((before) => ({ texte: `{{ ${nom} }}`, rang: before.rang + 1 }))} />
          </div>
        </Card>
        <Card>
          <div className={classes.pile}>
            <Constats constats={vide ? [] : fautes} vide={vide} error={apercu.error} onLigne={(each) => { setLigne(null); setTimeout(() => setLigne(each)) }} />
            <h2 className={classes.titre}>Aperçu</h2>
            {dossiers.data && dossiers.data.items.length > 0 && (
              <Select label="Sur le dossier" searchable allowDeselect={false} value={exemple} onChange={setDossier} data={dossiers.data.items.map(({ id, titre, reference }) => ({ value: id, label: `${titre} (${reference})` }))} />
            )}
            {dossiers.data?.items.length === 0 ? <EmptyState>L’aperçu se fait sur un dossier{NBSP}: il n’y en a pas encore.</EmptyState>
              : octets ? <div className={classes.pdf}><Suspense fallback={<SkeletonRows lignes={6} hauteur={60} />}><PdfPages octets={octets} nom={modele.titre} zoom={1} turns={0} /></Suspense></div>
              : apercu.data ? <EmptyState>Pas d’aperçu tant que le texte est à corriger.</EmptyState> : <SkeletonRows lignes={6} hauteur={60} />}
          </div>
        </Card>
      </div>
      {historique && (
        <Versions<Version, Modele>
          adresse={adresse} cles={[...EXPORTS, modele.genre]} titre="Versions de ce modèle" nommer={({ corps: ancien }) => (ancien === null ? 'Retour à l’original' : 'Modèle réécrit')} version={modele.version}
          remettre={({ corps: ancien }) => (ancien === null ? restore() : write(ancien))}
          onClose={() => setHistorique(false)}
          onBack={(seen) => {
            adopt(seen)
            toastDone(`Version remise${NBSP}: elle sert dès maintenant`)
          }}
        />
      )}
      <ConfirmDialog
        ouvert={retour} onClose={() => setRetour(false)} titre="Revenir à l’original" action="Revenir à l’original" danger
        onConfirm={async () => {
          adopt(await restore())
          toastDone('L’original sert de nouveau')
        }}
      >
        Les prochains PDF sont faits avec le modèle d’origine. Le vôtre reste dans les versions.
      </ConfirmDialog>
    </Reglages>
  )
}
