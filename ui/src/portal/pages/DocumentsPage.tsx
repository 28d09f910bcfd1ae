import '@mantine/core/styles.layer.css'
import { Button } from '@mantine/core'
import { useQueries, useQuery } from '@tanstack/react-query'
import { IconUpload } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { demarcheQuery, demarchesQuery } from '@shared/api/queries'
import type { DemarcheView } from '@shared/api/types'
import { Card, Section } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { STROKE } from '@shared/icons'
import { Page } from '../components/Page'
import { Files, Head } from '../components/PieceList'
import { Bell, TopBar } from '../components/Shell'
import { DocumentLine } from '../demarche/Documents'
import classes from './DocumentsPage.module.css'

/** Démarches looked into; older ones keep their own Documents tab. */
const DEMARCHES = 12

/** All documents, shared by the firm or deposited, démarche by démarche (GED-06). */
export function DocumentsPage() {
  const list = useQuery(demarchesQuery({ etat: 'toutes', tri: 'maj', sens: 'desc', taille: DEMARCHES }))
  const views = useQueries({ queries: (list.data?.items ?? []).map(({ id }) => demarcheQuery(id)) })
  const loaded = views.map(({ data }) => data).filter((view): view is DemarcheView => view !== undefined)
  const filled = loaded.filter((view) => view.documents.some(({ file }) => file) || view.pieces.some(({ statut }) => statut !== 'sans_objet'))
  const pending = list.isPending || views.some(({ isPending }) => isPending)
  return (
    <Page titre="Mes documents" etroite barre={<TopBar titre="Mes documents" droite={<Bell />} />}>
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {pending && !list.error && <SkeletonRows lignes={4} hauteur={90} />}
      {!pending && filled.length === 0 && <EmptyState>Aucun document pour l’instant. Ceux que nous préparons et ceux que vous déposez seront ici.</EmptyState>}
      {filled.map((view) => {
        const awaited = view.pieces.filter((piece) => piece.a_moi).length
        return (
          <Section
            key={view.id}
            titre={view.titre}
            aside={<Link to="/demarches/$id" params={{ id: view.id }} search={{ onglet: 'documents' }} className={classes.link}>Ouvrir</Link>}
          >
            {awaited > 0 && (
              <Button component={Link} to={`/demarches/${view.id}/depot`} leftSection={<IconUpload size={22} stroke={STROKE} />}>
                {awaited === 1 ? 'Déposer le document attendu' : `Déposer mes ${awaited} documents`}
              </Button>
            )}
            <Card nue>
              <ul>
                {view.documents.filter(({ file }) => file).map((document) => <DocumentLine key={document.id} document={document} />)}
                {view.pieces.filter(({ statut }) => statut !== 'sans_objet').map((piece) => (
                  <li key={piece.id} className={classes.piece}>
                    <Head piece={piece} />
                    <Files piece={piece} />
                  </li>
                ))}
              </ul>
            </Card>
          </Section>
        )
      })}
    </Page>
  )
}
