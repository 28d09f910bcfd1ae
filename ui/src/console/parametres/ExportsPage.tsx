import { useQuery } from '@tanstack/react-query'
import { IconFileTypePdf } from '@tabler/icons-react'
import { call } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Card } from '@shared/components/Card'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import { shortDate } from '@shared/format'
import { EXPORTS, ROOT } from './exports'
import { LigneModele } from './LigneModele'
import { Reglages } from './Reglages'

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
                <LigneModele vers={`/parametres/exports/${each.genre}`} icone={IconFileTypePdf} titre={each.titre} echec={Boolean(each.echec)} marque={each.modifie ? 'Réécrit' : undefined}>
                  {each.updated_at ? `Réécrit le ${shortDate(each.updated_at)}${each.updated_par ? ` par ${each.updated_par}` : ''}` : 'Modèle d’origine'}
                </LigneModele>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </Reglages>
  )
}
