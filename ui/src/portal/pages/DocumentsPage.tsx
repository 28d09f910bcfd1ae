import '@shared/theme/composants.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconUpload } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { documentsQuery } from '@shared/api/queries'
import { useMoi } from '@shared/api/session'
import { Card, Section } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { Ged } from '@shared/ged/Ged'
import { NBSP } from '@shared/format'
import { STROKE } from '@shared/icons'
import { Page } from '../components/Page'
import { Pages } from '../components/Pages'
import { Files, Head, spare } from '../components/PieceList'
import { Bell, TopBar } from '../components/Shell'
import { DocumentLine } from '../demarche/Documents'
import { Coffre } from './Coffre'
import classes from './DocumentsPage.module.css'

/** All documents, shared by the firm or deposited, démarche by démarche (GED-06). */
export function DocumentsPage() {
  const moi = useMoi()
  const [page, setPage] = useState(1)
  const { data, error, refetch } = useQuery(documentsQuery(page))
  const filled = data?.items.filter(({ documents, pieces }) => documents.length + pieces.length > 0)
  return (
    <Page titre="Mes documents" etroite barre={<TopBar titre="Mes documents" droite={<Bell />} />}>
      {moi.tiers.map((tiers) => (
        <Section key={tiers.id} titre={moi.tiers.length > 1 ? `Dossiers partagés : ${tiers.nom}` : 'Dossiers partagés'}><Ged tiersId={tiers.id} /></Section>
      ))}
      {moi.tiers.filter(({ type }) => type === 'particulier').map(({ id, nom }) => (
        <Coffre key={id} tiersId={id} titre={moi.tiers.length > 1 ? `Coffre-fort numérique${NBSP}: ${nom}` : 'Coffre-fort numérique'} />
      ))}
      {!filled && (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={4} hauteur={90} />)}
      {filled?.length === 0 && <EmptyState>Aucun document dans vos démarches pour l’instant. Ceux que nous préparons et ceux que vous déposez seront ici.</EmptyState>}
      {filled?.map(({ demarche_id: id, titre, documents, pieces }) => {
        const awaited = pieces.filter((piece) => piece.a_moi && !spare(piece)).length
        return (
          <Section
            key={id}
            titre={titre}
            aside={<Link to="/demarches/$id" params={{ id }} search={{ onglet: 'documents' }} className={classes.link} aria-label={`Ouvrir ${titre}`}>Ouvrir</Link>}
          >
            {awaited > 0 && (
              <Button component={Link} to={`/demarches/${id}/depot`} leftSection={<IconUpload size={22} stroke={STROKE} />}>
                {awaited === 1 ? 'Déposer le document attendu' : `Déposer mes ${awaited} documents`}
              </Button>
            )}
            <Card nue>
              <ul>
                {documents.map((document) => <DocumentLine key={document.id} document={document} />)}
                {pieces.map((piece) => (
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
      {data && <Pages page={page} taille={data.taille} total={data.total} onChange={setPage} />}
    </Page>
  )
}
