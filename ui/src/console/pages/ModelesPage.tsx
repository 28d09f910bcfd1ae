import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconChevronRight } from '@tabler/icons-react'
import { modelesQuery } from '@shared/api/queries'
import { Card } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { count, shortDate } from '@shared/format'
import { STROKE } from '@shared/icons'
import { Screen, ScreenHead } from '../components/Screen'
import classes from './Modeles.module.css'

export const categories: Record<string, string> = { rh: 'Ressources humaines' }

/** Published modèles: version, date, démarches in progress (MOD-09). */
export function ModelesPage() {
  const { data, error, refetch } = useQuery(modelesQuery)
  return (
    <Screen fil={[{ libelle: 'Modèles' }]}>
      <ScreenHead titre="Modèles" sousTitre={data ? `${count(data.length, 'modèle publié', 'modèles publiés')}, modifiables dans leurs fichiers` : ' '} />
      {error && !data ? <Card><ErrorState error={error} onRetry={() => void refetch()} /></Card>
        : !data ? <Card nue><SkeletonRows lignes={4} hauteur={56} /></Card>
        : data.length === 0 ? <Card><EmptyState>Aucun modèle publié. La commande « elaska modele publier » en publie un.</EmptyState></Card>
        : (
          <Card nue>
            <ul>
              {data.map((modele) => (
                <li key={modele.cle}>
                  <Link to={`/modeles/${modele.cle}`} className={classes.row}>
                    <span className={classes.text}>
                      <strong>{modele.titre}</strong>
                      <span>{categories[modele.categorie] ?? modele.categorie} · publié le {shortDate(modele.publie_at)}</span>
                    </span>
                    <span className={classes.count}>{count(modele.ouvertes, 'démarche en cours', 'démarches en cours')}</span>
                    <StatusBadge objet="document" cle="disponible" perso={{ libelle: `v${modele.version} publiée` }} />
                    <IconChevronRight size={16} stroke={STROKE} aria-hidden />
                  </Link>
                </li>
              ))}
            </ul>
          </Card>
        )}
    </Screen>
  )
}
