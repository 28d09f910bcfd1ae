import '@shared/theme/composants.css'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { demarcheQuery } from '@shared/api/queries'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import { DepositView, depositTitle } from '../components/Depot'
import { Page } from '../components/Page'
import { Bell, TopBar } from '../components/Shell'
import { minePieces } from '../pieces'

/** Guided deposit of a démarche's documents. */
export function DepotPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const { data, error, refetch } = useQuery(demarcheQuery(id))
  const back = { to: '/demarches/$id', params: { id }, libelle: data?.titre ?? 'Démarche' } as const
  const pieces = data ? minePieces(data) : []
  return (
    <Page
      titre={data ? depositTitle(pieces, data.cycle) : 'Vos documents'}
      etroite
      sansTitre
      barre={<TopBar titre="Vos documents" retour={back} droite={<Bell />} />}
    >
      {!data && (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={4} hauteur={110} />)}
      {data && <DepositView view={data} pieces={pieces} reprise />}
    </Page>
  )
}
