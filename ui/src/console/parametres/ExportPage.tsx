import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { lazy, Suspense, useMemo, useState } from 'react'
import { call } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Card } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { NBSP } from '@shared/format'
import { fetched } from '@shared/router/lazy'
import { AtelierModele } from './AtelierModele'
import { EXPORTS, ROOT } from './exports'
import { Reglages } from './Reglages'
import classes from './Reglages.module.css'
import { useAtelier } from './useAtelier'

type Modele = components['schemas']['ModeleExportVue']
type Texte = { corps: string }
type Apercu = components['schemas']['ApercuExport']
type Version = components['schemas']['VersionExportVue']
type Dossiers = { items: { id: string; titre: string; reference: string }[] }

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
  return <AtelierExport key={`${data.genre} ${data.version}`} modele={data} />
}

function AtelierExport({ modele }: { modele: Modele }) {
  const [dossier, setDossier] = useState<string | null>(null)
  const dossiers = useQuery({ queryKey: ['demarches', 'exemples'], queryFn: ({ signal }) => call<Dossiers>('GET', '/api/demarches', { query: { etat: 'toutes', taille: 20 }, signal }) })
  const exemple = dossier ?? dossiers.data?.items[0]?.id ?? null
  const atelier = useAtelier<Texte, Modele, Apercu>({
    adresse: `${ROOT}/${modele.genre}`,
    liste: EXPORTS,
    nom: modele.genre,
    enregistre: { corps: modele.corps },
    version: modele.version,
    estVide: ({ corps }) => !corps.trim(),
    pauseMs: 700,
    exemple: { demarche: exemple },
    attend: dossiers.isPending,
  })
  return (
    <AtelierModele<Texte, Modele, Apercu, Version>
      modele={modele} atelier={atelier} droit="cabinet.regler" titre={modele.titre}
      suite={[{ libelle: 'Modèles de PDF', to: '/parametres/exports' }, { libelle: modele.titre }]}
      fichier={`${modele.genre}.html`}
      mots={{
        origine: 'Modèle d’origine',
        secours: 'l’original a servi',
        vide: 'Écrivez un texte',
        retour: 'Les prochains PDF sont faits avec le modèle d’origine. Le vôtre reste dans les versions.',
        versions: 'Versions de ce modèle',
      }}
      importation={{
        libelle: 'Importer',
        nom: 'Fichier à importer',
        types: '.html,.htm,.j2,text/html',
        prendre: (corps) => {
          atelier.change({ corps })
          return null
        },
      }}
      nommer={({ corps }) => (corps === null ? 'Retour à l’original' : 'Modèle réécrit')}
      remettre={({ corps }) => (corps === null ? atelier.restore() : atelier.put({ corps }))}
    >
      <h2 className={classes.titre}>Aperçu</h2>
      {dossiers.data && dossiers.data.items.length > 0 && (
        <Select label="Sur le dossier" searchable allowDeselect={false} value={exemple} onChange={setDossier} data={dossiers.data.items.map(({ id, titre, reference }) => ({ value: id, label: `${titre} (${reference})` }))} />
      )}
      {dossiers.error ? <ErrorState error={dossiers.error} onRetry={() => void dossiers.refetch()} />
        : dossiers.data?.items.length === 0 ? <EmptyState>L’aperçu se fait sur un dossier{NBSP}: il n’y en a pas encore.</EmptyState>
        : atelier.vide ? <EmptyState>Pas d’aperçu sans texte.</EmptyState>
        : atelier.error ? <EmptyState>L’aperçu n’a pas pu être fait.</EmptyState>
        : <Pages nom={modele.titre} vu={atelier.vu} />}
    </AtelierModele>
  )
}

function Pages({ nom, vu }: { nom: string; vu: Apercu | undefined }) {
  const octets = useMemo(() => (vu?.pdf ? { data: Uint8Array.from(atob(vu.pdf), (sign) => sign.charCodeAt(0)) } : null), [vu?.pdf])
  if (!octets) return vu ? <EmptyState>Pas d’aperçu tant que le texte est à corriger.</EmptyState> : <SkeletonRows lignes={6} hauteur={60} />
  return <div className={classes.pdf}><Suspense fallback={<SkeletonRows lignes={6} hauteur={60} />}><PdfPages octets={octets} nom={nom} zoom={1} turns={0} /></Suspense></div>
}
