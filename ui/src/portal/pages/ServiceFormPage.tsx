import '@shared/theme/composants.css'
import { useQuery } from '@tanstack/react-query'
import { useParams, useSearch } from '@tanstack/react-router'
import { Suspense } from 'react'
import { brouillonQuery, catalogueFormQuery } from '@shared/api/queries'
import { useMoi } from '@shared/api/session'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { part } from '@shared/router/lazy'
import { Page } from '../components/Page'
import { Bell, TopBar } from '../components/Shell'

/** The engine of forms is the heaviest code of the portal: the page says what it is about while it comes. */
const RequestForm = part(async () => (await import('../components/RequestForm')).RequestForm)

/** A request: multi-page form with its draft, kept on the server (DEM-04, EMB-02). */
export function ServiceFormPage() {
  const { modele } = useParams({ strict: false }) as { modele: string }
  const moi = useMoi()
  const search = useSearch({ strict: false })
  const tiers = search.tiers ?? moi.tiers[0]?.id
  const form = useQuery(catalogueFormQuery(modele, tiers))
  const draft = useQuery(brouillonQuery(modele, tiers))
  const error = form.error ?? draft.error
  return (
    <Page
      titre={form.data?.libelle ?? 'Votre demande'}
      chapeau={String(form.data?.formulaire?.schema.description ?? '')}
      etroite
      barre={<TopBar titre="Nouvelle Demande" retour={{ to: '/services', libelle: 'Services' }} droite={<Bell />} />}
    >
      {form.data && draft.data !== undefined && tiers ? (
        form.data.formulaire ? (
          <Suspense fallback={<SkeletonRows lignes={5} hauteur={84} />}>
            <RequestForm modele={form.data} formulaire={form.data.formulaire} tiers={tiers} draft={draft.data} />
          </Suspense>
        ) : (
          <EmptyState>Ce service se demande auprès de votre conseiller.</EmptyState>
        )
      ) : error ? (
        <ErrorState error={error} onRetry={() => { void form.refetch(); void draft.refetch() }} />
      ) : (
        <SkeletonRows lignes={5} hauteur={84} />
      )}
    </Page>
  )
}
