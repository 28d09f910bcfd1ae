import { Alert, Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { IconPencil, IconPlus } from '@tabler/icons-react'
import { modelesQuery } from '@shared/api/queries'
import { may, useMoi } from '@shared/api/session'
import { Card } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { count, longDate } from '@shared/format'
import { STROKE } from '@shared/icons'
import { Diagram } from '../components/Diagram'
import { Screen, ScreenHead } from '../components/Screen'
import { categories } from '../modeles/categories'
import { Changement } from './Changement'
import { Mesures } from './Mesures'
import classes from './Modeles.module.css'

/** One modèle: version, démarches, and its diagram. */
export function ModelePage() {
  const { cle } = useParams({ strict: false }) as { cle: string }
  const moi = useMoi()
  const { data, error, refetch } = useQuery(modelesQuery)
  const modele = data?.find((each) => each.cle === cle)
  return (
    <Screen fil={[{ libelle: 'Modèles', to: '/modeles' }, { libelle: modele?.titre ?? '…' }]}>
      {error && !data ? <ErrorState error={error} onRetry={() => void refetch()} />
        : !data ? <SkeletonRows lignes={4} hauteur={56} />
        : !modele ? <EmptyState action={<Link to="/modeles">Tous les modèles</Link>}>Ce modèle n’est pas publié.</EmptyState>
        : (
          <>
            <ScreenHead
              titre={modele.titre}
              sousTitre={
                <span className={classes.meta}>
                  <StatusBadge objet="document" cle="disponible" perso={{ libelle: `v${modele.version} publiée` }} />
                  <span>{categories[modele.categorie] ?? modele.categorie} · {longDate(modele.publie_at)}</span>
                  <Link to="/demarches" search={{ modele: cle } as never}>{count(modele.ouvertes, 'démarche en cours', 'démarches en cours')}</Link>
                </span>
              }
            >
              {may(moi, 'modele.ecrire') && <Button component={Link} to={`/modeles/${cle}/modifier`} variant="default" leftSection={<IconPencil size={16} stroke={STROKE} />}>Modifier</Button>}
              {!modele.retire && may(moi, 'demarche.ouvrir') && <Button component={Link} to="/nouvelle" search={{ modele: cle } as never} leftSection={<IconPlus size={16} stroke={STROKE} />}>Nouvelle démarche</Button>}
            </ScreenHead>
            {modele.retire && <Alert color="yellow" title="Ce modèle n’est plus proposé">Son fichier n’existe plus. Les démarches en cours continuent sur leur version ; aucune autre ne peut commencer.{may(moi, 'modele.ecrire') && ' « Modifier » permet de recréer le fichier à partir de la dernière version publiée.'}</Alert>}
            <Card>
              <h2 className={classes.title}>Schéma</h2>
              {/* The process map for whoever may measure: the same drawing, with its passages and its durations. */}
              {may(moi, 'modele.mesurer')
                ? <Diagram src={`/api/modeles/${encodeURIComponent(cle)}/carte`} alt={`Étapes du modèle ${modele.titre}, avec leurs passages et leurs durées`} nom="Carte du processus" />
                : <Diagram src={`/api/modeles/${encodeURIComponent(cle)}/graphe`} alt={`Étapes du modèle ${modele.titre}`} nom="Schéma du modèle" />}
              <p className={classes.sha}>Empreinte de la version : <code>{modele.sha256.slice(0, 16)}</code></p>
            </Card>
            <Changement cle={cle} />
            {may(moi, 'modele.mesurer') && <Mesures cle={cle} />}
          </>
        )}
    </Screen>
  )
}
