import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { de } from '@shared/format'
import { Ged } from '@shared/ged/Ged'
import { tiersDetailQuery } from '../api/queries'
import { Screen, ScreenHead } from '../components/Screen'

/** Documents of one client, whatever the démarche (GED-18, GED-20). */
export function DocumentsPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const { data } = useQuery(tiersDetailQuery(id))
  return (
    <Screen fil={[{ libelle: 'Clients et tiers', to: '/clients' }, { libelle: data?.nom ?? 'Client', to: `/clients/${id}` }, { libelle: 'Documents' }]}>
      <ScreenHead titre={`Documents${data ? ` ${de(data.nom)}` : ''}`} sousTitre="Hors des pièces demandées dans ses démarches" />
      <Ged tiersId={id} cabinet />
    </Screen>
  )
}
