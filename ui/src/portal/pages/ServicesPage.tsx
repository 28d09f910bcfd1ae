import '@shared/theme/composants.css'
import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconChevronRight } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { catalogueQuery } from '@shared/api/queries'
import { useMoi } from '@shared/api/session'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { money } from '@shared/format'
import { iconNamed, STROKE } from '@shared/icons'
import { toneOfColour } from '@shared/statuses'
import { IconTile } from '../components/IconTile'
import { Page } from '../components/Page'
import { Bell, TopBar } from '../components/Shell'
import classes from './ServicesPage.module.css'

/** Catalogue of what a client may ask for (DEM-02, DEM-03). */
export function ServicesPage() {
  const moi = useMoi()
  const navigate = useNavigate()
  const search = useSearch({ strict: false })
  const tiers = search.tiers ?? moi.tiers[0]?.id
  const { data, error, refetch } = useQuery(catalogueQuery(tiers))
  return (
    <Page
      titre="Demander une intervention"
      chapeau="Choisissez, répondez à quelques questions, nous nous occupons du reste."
      etroite
      barre={<TopBar titre="Services" retour={{ to: '/', libelle: 'Accueil' }} droite={<Bell />} />}
    >
      {moi.tiers.length > 1 && (
        <NativeSelect
          label="Pour qui ?"
          data={moi.tiers.map(({ id, nom }) => ({ value: id, label: nom }))}
          value={tiers}
          onChange={(event) => void navigate({ to: '/services', search: { tiers: event.currentTarget.value } })}
        />
      )}
      {!data && (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={3} hauteur={96} />)}
      {data?.length === 0 && <EmptyState>Aucun service en ligne pour l’instant. Votre conseiller reste à votre disposition.</EmptyState>}
      <ul className={classes.list}>
        {data?.map((item) => (
          <li key={item.modele}>
            <Link to="/services/$modele" params={{ modele: item.modele }} search={tiers ? { tiers } : {}} className={classes.card}>
              <IconTile icone={iconNamed(item.icone)} ton={toneOfColour(item.couleur)} />
              <span className={classes.text}>
                <strong>{item.libelle}</strong>
                <span>{item.description}</span>
                {item.prix !== null && <span className={classes.price}>{money(item.prix)} {item.prix_mention}</span>}
              </span>
              <IconChevronRight size={22} stroke={STROKE} aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
    </Page>
  )
}
