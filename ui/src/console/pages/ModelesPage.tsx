import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconChevronRight, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { call } from '@shared/api/http'
import { modelesQuery } from '@shared/api/queries'
import type { components } from '@shared/api/schema'
import { may, useMoi } from '@shared/api/session'
import { Card, Section } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { capital, count, shortDate } from '@shared/format'
import { STROKE } from '@shared/icons'
import { Screen, ScreenHead } from '../components/Screen'
import { categories } from '../modeles/categories'
import { NouveauModele } from '../modeles/NouveauModele'
import classes from './Modeles.module.css'

type ModeleFichier = components['schemas']['ModeleFichier']

const sections: Record<string, string> = { ...categories, rh: 'Modèles de Démarches RH' }

/** Modèles by category, in the order of the sections. */
function byCategory<Each extends { categorie: string }>(modeles: Each[]): { cle: string; titre: string; modeles: Each[] }[] {
  const found = new Set([...Object.keys(sections), ...modeles.map(({ categorie }) => categorie)])
  return [...found].flatMap((cle) => {
    const inside = modeles.filter(({ categorie }) => categorie === cle)
    return inside.length > 0 ? [{ cle, titre: sections[cle] ?? capital(cle.replaceAll('_', ' ')), modeles: inside }] : []
  })
}

/** Published modèles: version, date, démarches in progress (MOD-09). */
export function ModelesPage() {
  const { data, error, refetch } = useQuery(modelesQuery)
  const admin = may(useMoi(), 'modele.ecrire')
  const { data: fichiers } = useQuery({ queryKey: ['modeles', 'fichiers'], queryFn: () => call<ModeleFichier[]>('GET', '/api/modeles/fichiers'), enabled: admin })
  const [nouveau, setNouveau] = useState(false)
  const published = new Set(data?.map((modele) => modele.cle))
  const enCours = data ? (fichiers ?? []).filter((each) => !published.has(each.cle)) : []
  return (
    <Screen fil={[{ libelle: 'Modèles' }]}>
      <ScreenHead titre="Modèles" sousTitre={data ? `${count(data.length, 'modèle publié', 'modèles publiés')}` : ' '}>
        {admin && <Button leftSection={<IconPlus size={16} stroke={STROKE} />} onClick={() => setNouveau(true)}>Nouveau modèle</Button>}
      </ScreenHead>
      {admin && <NouveauModele ouvert={nouveau} onClose={() => setNouveau(false)} connus={[...published, ...enCours.map((each) => each.cle)]} />}
      {enCours.length > 0 && (
        <Card nue>
          <ul>
            {enCours.map((each) => (
              <li key={each.cle}>
                <Link to={`/modeles/${each.cle}/modifier`} className={classes.row}>
                  <span className={classes.text}><strong>{each.cle.replaceAll('_', ' ')}</strong><span>Jamais publié</span></span>
                  <StatusBadge objet="document" cle="brouillon" perso={{ libelle: 'Brouillon' }} />
                  <IconChevronRight size={16} stroke={STROKE} aria-hidden />
                </Link>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {error && !data ? <Card><ErrorState error={error} onRetry={() => void refetch()} /></Card>
        : !data ? <Card nue><SkeletonRows lignes={4} hauteur={56} /></Card>
        : data.length === 0 ? <Card><EmptyState>Aucun modèle publié. La commande « elaska modele publier » en publie un.</EmptyState></Card>
        : byCategory(data).map((section) => (
          <Section key={section.cle} titre={section.titre}>
            <Card nue>
              <ul>
                {section.modeles.map((modele) => (
                  <li key={modele.cle}>
                    <Link to={`/modeles/${modele.cle}`} className={classes.row}>
                      <span className={classes.text}>
                        <strong>{modele.titre}</strong>
                        <span>Publié le {shortDate(modele.publie_at)}</span>
                      </span>
                      <span className={classes.count}>{count(modele.ouvertes, 'démarche en cours', 'démarches en cours')}</span>
                      {modele.retire
                        ? <StatusBadge objet="document" cle="brouillon" perso={{ libelle: 'Plus proposé' }} />
                        : <StatusBadge objet="document" cle="disponible" perso={{ libelle: `v${modele.version} publiée` }} />}
                      <IconChevronRight size={16} stroke={STROKE} aria-hidden />
                    </Link>
                  </li>
                ))}
              </ul>
            </Card>
          </Section>
        ))}
    </Screen>
  )
}
