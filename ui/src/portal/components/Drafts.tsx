import { useQuery } from '@tanstack/react-query'
import { IconChevronRight, IconPencil } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { brouillonsQuery, catalogueQuery } from '@shared/api/queries'
import { Card, Section } from '@shared/components/Card'
import { moment } from '@shared/format'
import { STROKE } from '@shared/icons'
import classes from '../pages/Lists.module.css'
import { IconTile } from './IconTile'

/** Requests left half-way, to be taken up where they were (DEM-04); nothing when there is none. */
export function Drafts() {
  const drafts = useQuery(brouillonsQuery)
  const catalogue = useQuery({ ...catalogueQuery(undefined), enabled: Boolean(drafts.data?.length) })
  if (!drafts.data?.length) return null
  return (
    <Section titre="À terminer">
      <Card nue>
        <ul>
          {drafts.data.map((draft) => (
            <li key={`${draft.modele}/${draft.tiers_id}`}>
              <Link to="/services/$modele" params={{ modele: draft.modele }} search={{ tiers: draft.tiers_id }} className={classes.row}>
                <IconTile icone={IconPencil} ton="neutre" taille={42} />
                <div>
                  <strong>{catalogue.data?.find(({ modele }) => modele === draft.modele)?.libelle ?? 'Demande à terminer'}</strong>
                  <p>Brouillon enregistré {moment(draft.updated_at)}</p>
                </div>
                <IconChevronRight size={22} stroke={STROKE} aria-hidden />
              </Link>
            </li>
          ))}
        </ul>
      </Card>
    </Section>
  )
}
