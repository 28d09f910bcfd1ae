import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { call } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Ged } from '@shared/ged/Ged'
import { Screen, ScreenHead } from '../components/Screen'

type Tiers = components['schemas']['TiersVue']

/** Documents of one client, whatever the démarche (GED-18, GED-20). */
export function DocumentsPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const { data } = useQuery({ queryKey: ['tiers', id], queryFn: ({ signal }) => call<Tiers>('GET', `/api/tiers/${id}`, { signal }) })
  return (
    <Screen fil={[{ libelle: 'Clients et tiers', to: '/clients' }, { libelle: data?.nom ?? 'Client' }]}>
      <ScreenHead titre={`Documents${data ? ` de ${data.nom}` : ''}`} sousTitre="Hors des pièces demandées dans ses démarches" />
      <Ged tiersId={id} cabinet />
    </Screen>
  )
}
