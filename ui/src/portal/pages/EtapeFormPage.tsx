import '@shared/theme/composants.css'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { demarcheQuery } from '@shared/api/queries'
import type { DemarcheView, FormView } from '@shared/api/types'
import { SkeletonRows } from '@shared/components/States'
import { part } from '@shared/router/lazy'
import { Page } from '../components/Page'
import { Bell, TopBar } from '../components/Shell'

const Rubriques = lazy(() => import('../demarche/Rubriques'))
const EtapeFormCard = part(async () => (await import('../components/EtapeFormCard')).EtapeFormCard)

/** What the démarche already tells in the same part of it: an offer, before one says whether one accepts it. */
function before(demarche: DemarcheView, { nom }: FormView): DemarcheView {
  const onglets = demarche.onglets.filter(({ formulaires }) => formulaires.includes(nom)).map((onglet) => ({ ...onglet, calculs: [] }))
  const mine = new Set(demarche.etapes.flatMap(({ formulaires }) => formulaires).filter(({ a_moi }) => a_moi).map((form) => form.nom))
  return { ...demarche, onglets, donnees: demarche.donnees.filter(({ formulaire }) => !mine.has(formulaire)) }
}

/** One form of a démarche in progress. */
export function EtapeFormPage() {
  const { id, nom } = useParams({ strict: false }) as { id: string; nom: string }
  const navigate = useNavigate()
  const { data } = useQuery(demarcheQuery(id))
  const form = data?.etapes.flatMap((etape) => etape.formulaires).find((each) => each.nom === nom)
  const known = data && form && before(data, form)
  const correction = data?.corrections.find((each) => each.formulaire === nom && each.a_moi)
  return (
    <Page
      titre={correction?.titre ?? form?.titre ?? 'Informations à compléter'}
      chapeau={data?.titre}
      etroite
      barre={<TopBar titre="Formulaire" retour={{ to: '/demarches/$id', params: { id }, libelle: 'Démarche' }} droite={<Bell />} />}
    >
      <Suspense fallback={<SkeletonRows lignes={5} hauteur={84} />}>
        {known && <Rubriques demarche={known} />}
        <EtapeFormCard demarcheId={id} nom={nom} onDone={() => void navigate({ to: '/demarches/$id', params: { id } })} />
      </Suspense>
    </Page>
  )
}
