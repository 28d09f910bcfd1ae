import '@shared/theme/composants.css'
import { Button, SegmentedControl } from '@mantine/core'
import { useQueries, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { demarcheQuery } from '@shared/api/queries'
import type { DemarcheLine } from '@shared/api/types'
import { type Format, valueText } from '@shared/collections/values'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { Bandeau } from '@shared/demarche/Bandeau'
import { count, longDate } from '@shared/format'
import { DemarcheCard } from '../components/DemarcheCard'
import { Page } from '../components/Page'
import { type Rubrique, rubriqueQuery } from '../components/Rubriques'
import { Bell, TopBar } from '../components/Shell'
import styles from '../components/Rubriques.module.css'
import classes from './Lists.module.css'

/** More than that of one kind belong to the list of all démarches. */
const SIZE = 50

/** « Mes Financements », « Mes Sinistres »: the client's own projects of one kind, with their badge (CRE-26, SIN-15). */
export function RubriquePage({ rubrique }: { rubrique: Rubrique }) {
  const [etat, setEtat] = useState<'ouvertes' | 'terminees'>('ouvertes')
  const { data: items, error, refetch } = useQuery(rubriqueQuery(rubrique, etat, SIZE))
  return (
    <Page
      titre={rubrique.titre}
      chapeau={rubrique.chapeau}
      etroite
      barre={<TopBar titre={rubrique.titre} retour={{ to: '/demarches', libelle: 'Mes démarches' }} droite={<Bell />} />}
    >
      <SegmentedControl
        aria-label="Quels dossiers"
        fullWidth
        size="md"
        radius="xl"
        data={[{ value: 'ouvertes', label: 'En cours' }, { value: 'terminees', label: 'Clos' }]}
        value={etat}
        onChange={(value) => setEtat(value as typeof etat)}
      />
      {!items && (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={2} hauteur={180} />)}
      {items?.length === 0 && (
        <EmptyState action={etat === 'ouvertes' && <Button component={Link} to="/services">Nouvelle Demande</Button>}>
          {etat === 'ouvertes' ? 'Rien en cours ici pour l’instant.' : 'Rien de clos ici pour l’instant.'}
        </EmptyState>
      )}
      {items && items.length > 0 && rubrique.totaux && <Totals demarches={items} />}
      {items && items.length > 0 && (
        <ul className={classes.list} aria-label={`${rubrique.titre}, ${count(items.length, 'dossier')}`}>
          {items.map((item) => <li key={item.id} className={styles.item}><Project demarche={item} /></li>)}
        </ul>
      )}
    </Page>
  )
}

/** The amounts of all these projects, each under its label (REC-31). */
function Totals({ demarches }: { demarches: DemarcheLine[] }) {
  const seen = useQueries({ queries: demarches.map(({ id }) => demarcheQuery(id)) })
  const sums = new Map<string, number>()
  for (const { libelle, valeur, format } of seen.flatMap(({ data }) => data?.chiffres ?? [])) {
    if (format === 'montant' && typeof valeur === 'number') sums.set(libelle, (sums.get(libelle) ?? 0) + valeur)
  }
  // A sum of some of them only would be a false one.
  if (sums.size === 0 || seen.some(({ data }) => !data)) return null
  return (
    <section aria-label="Total" className={`${styles.item} ${styles.total}`}>
      <dl className={styles.figures}>
        {[...sums].map(([libelle, sum]) => <div key={libelle}><dt>{libelle}</dt><dd>{valueText('montant', sum)}</dd></div>)}
      </dl>
    </section>
  )
}

/** Dates of a project that its card shows, in these words: when it happened, the life of a contract (SIN-15, OPT-08). */
const DATES: Readonly<Record<string, string>> = {
  'declaration.date_survenance': 'Survenu le',
  'abonnement.effet_le': 'Date d’effet',
  'abonnement.fin_promotion': 'Fin de la promotion',
  'abonnement.fin_engagement': 'Fin d’engagement',
  'abonnement.anniversaire': 'Date anniversaire',
}

/** One project: its card, its banner, and the dates and figures that its modèle gives the client. */
function Project({ demarche }: { demarche: DemarcheLine }) {
  const { data } = useQuery(demarcheQuery(demarche.id))
  const figures = [
    ...(data?.dates_cles ?? []).flatMap(({ champ, valeur }) => {
      const libelle = DATES[champ]
      return libelle && valeur ? [{ libelle, texte: longDate(valeur) }] : []
    }),
    ...(data?.chiffres ?? []).map(({ libelle, valeur, format }) => ({ libelle, texte: valueText(format as Format, valeur) })),
  ]
  return (
    <>
      <DemarcheCard demarche={demarche} />
      {data && data.phase === 'dossier' && (data.bandeau.length > 0 || figures.length > 0) && (
        <div className={styles.more}>
          {data.bandeau.length > 0 && <Bandeau bandeau={data.bandeau} />}
          {figures.length > 0 && (
            <dl className={styles.figures}>
              {figures.map(({ libelle, texte }) => <div key={libelle}><dt>{libelle}</dt><dd>{texte}</dd></div>)}
            </dl>
          )}
        </div>
      )}
    </>
  )
}
