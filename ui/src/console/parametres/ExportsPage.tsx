import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconChevronRight, IconFileTypePdf } from '@tabler/icons-react'
import { call } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Card } from '@shared/components/Card'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { shortDate } from '@shared/format'
import { STROKE } from '@shared/icons'
import rows from '../pages/Modeles.module.css'
import { EXPORTS, ROOT } from './exports'
import { Reglages } from './Reglages'
import classes from './Reglages.module.css'

type Resume = components['schemas']['ExportResume']

/** Models of the PDF that « Exporter en PDF » gives; those that were rewritten say so (PDF-04). */
export function ExportsPage() {
  const { data, error, refetch } = useQuery({ queryKey: EXPORTS, queryFn: ({ signal }) => call<Resume[]>('GET', ROOT, { signal }) })
  return (
    <Reglages droit="cabinet.regler" sousTitre="Ce que donne « Exporter en PDF » sur un dossier. Les courriers et contrats d’une démarche se règlent avec son modèle.">
      <Card nue={!error}>
        {!data ? (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={5} hauteur={56} />) : (
          <ul>
            {data.map((each) => (
              <li key={each.genre}>
                <Link to={`/parametres/exports/${each.genre}`} className={rows.row}>
                  <IconFileTypePdf size={18} stroke={STROKE} aria-hidden />
                  <span className={rows.text}>
                    <strong>{each.titre}</strong>
                    <span>{each.updated_at ? `Réécrit le ${shortDate(each.updated_at)}${each.updated_par ? ` par ${each.updated_par}` : ''}` : 'Modèle d’origine'}</span>
                  </span>
                  <span className={classes.badges}>
                    {each.echec && <StatusBadge objet="document" cle="brouillon" perso={{ libelle: 'À corriger', couleur: 'rouge', icone: 'alert-circle' }} />}
                    {each.modifie && <StatusBadge objet="document" cle="disponible" perso={{ libelle: 'Réécrit' }} />}
                  </span>
                  <IconChevronRight size={16} stroke={STROKE} aria-hidden />
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </Reglages>
  )
}
