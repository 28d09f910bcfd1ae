import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { demarcheQuery } from '@shared/api/queries'
import { EtapeFormCard } from '../components/EtapeFormCard'
import { Page } from '../components/Page'
import { Bell, TopBar } from '../components/Shell'

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
      <EtapeFormCard demarcheId={id} nom={nom} onDone={() => void navigate({ to: '/demarches/$id', params: { id } })} />
    </Page>
  )
}
