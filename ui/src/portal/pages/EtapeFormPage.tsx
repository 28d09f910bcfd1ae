import '@shared/theme/composants.css'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { Suspense } from 'react'
import { demarcheQuery } from '@shared/api/queries'
import { SkeletonRows } from '@shared/components/States'
import { part } from '@shared/router/lazy'
import { Page } from '../components/Page'
import { Bell, TopBar } from '../components/Shell'

const EtapeFormCard = part(async () => (await import('../components/EtapeFormCard')).EtapeFormCard)

/** One form of a démarche in progress. */
export function EtapeFormPage() {
  const { id, nom } = useParams({ strict: false }) as { id: string; nom: string }
  const navigate = useNavigate()
  const { data } = useQuery(demarcheQuery(id))
  const form = data?.etapes.flatMap((etape) => etape.formulaires).find((each) => each.nom === nom)
  const correction = data?.corrections.find((each) => each.formulaire === nom && each.a_moi)
  return (
    <Page
      titre={correction?.titre ?? form?.titre ?? 'Informations à compléter'}
      chapeau={data?.titre}
      etroite
      barre={<TopBar titre="Formulaire" retour={{ to: '/demarches/$id', params: { id }, libelle: 'Démarche' }} droite={<Bell />} />}
    >
      <Suspense fallback={<SkeletonRows lignes={5} hauteur={84} />}>
        <EtapeFormCard demarcheId={id} nom={nom} onDone={() => void navigate({ to: '/demarches/$id', params: { id } })} />
      </Suspense>
    </Page>
  )
}
