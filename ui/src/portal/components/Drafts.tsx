import { useQuery } from '@tanstack/react-query'
import { IconChevronRight, IconPencil, IconTrash } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { brouillonsQuery, catalogueQuery } from '@shared/api/queries'
import type { DraftLine } from '@shared/api/types'
import { Card, Section } from '@shared/components/Card'
import { moment } from '@shared/format'
import { STROKE } from '@shared/icons'
import { fetched } from '@shared/router/lazy'
import classes from '../pages/Lists.module.css'
import { IconTile } from './IconTile'

const DiscardDraft = lazy(fetched(() => import('./DiscardDraft')))

/** Requests left half-way, to be taken up where they were (DEM-04); nothing when there is none. */
export function Drafts() {
  const drafts = useQuery(brouillonsQuery)
  const [discarded, setDiscarded] = useState<DraftLine | null>(null)
  const catalogue = useQuery({ ...catalogueQuery(undefined), enabled: Boolean(drafts.data?.length) })
  if (!drafts.data?.length) return null
  const titleOf = (draft: DraftLine): string => catalogue.data?.find(({ modele }) => modele === draft.modele)?.libelle ?? 'Demande à terminer'
  return (
    <Section titre="À terminer">
      <Card nue>
        <ul>
          {drafts.data.map((draft) => (
            <li key={`${draft.modele}/${draft.tiers_id}`} className={classes.draft}>
              <Link to="/services/$modele" params={{ modele: draft.modele }} search={{ tiers: draft.tiers_id }} className={classes.row}>
                <IconTile icone={IconPencil} ton="neutre" taille={42} />
                <div>
                  <strong>{titleOf(draft)}</strong>
                  <p>Brouillon enregistré {moment(draft.updated_at)}</p>
                </div>
                <IconChevronRight size={22} stroke={STROKE} aria-hidden />
              </Link>
              <button type="button" className={classes.discard} aria-label={`Supprimer le brouillon : ${titleOf(draft)}`} onClick={() => setDiscarded(draft)}>
                <IconTrash size={22} stroke={STROKE} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      </Card>
      {discarded && <Suspense><DiscardDraft draft={discarded} titre={titleOf(discarded)} onClose={() => setDiscarded(null)} /></Suspense>}
    </Section>
  )
}
