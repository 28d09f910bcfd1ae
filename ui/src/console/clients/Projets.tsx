import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { demarcheQuery, demarchesQuery } from '@shared/api/queries'
import type { DemarcheLine } from '@shared/api/types'
import { type Format, valueText } from '@shared/collections/values'
import { Card } from '@shared/components/Card'
import { ErrorState } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import page from '../pages/ClientPage.module.css'
import classes from './Projets.module.css'

/** More than that are read in the list. */
const SIZE = 3

const TITRE = 'Projets de financement'

/** « Projets de financement »: the loan files of a client, each with its summary card (CRE-02, CRE-23); nothing without one. */
export function Projets({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(demarchesQuery({ client: id, modele: 'credit', etat: 'toutes', tri: 'maj', sens: 'desc', taille: SIZE }))
  if (!data && error) {
    return (
      <Card>
        <h2 className={page.title}>{TITRE}</h2>
        <ErrorState error={error} onRetry={() => void refetch()} />
      </Card>
    )
  }
  if (!data?.items.length) return null
  const major = data.items.find(({ cycle }) => cycle === 'ouverte')
  return (
    <Card nue>
      <div className={page.head}>
        <h2 className={page.title}>{TITRE}</h2>
        <Link to="/demarches" search={{ client: id, modele: 'credit', etat: 'toutes' } as never}>Tous</Link>
      </div>
      <ul>
        {data.items.map((line) => <li key={line.id} className={classes.project}><Project line={line} majeur={line.id === major?.id} /></li>)}
      </ul>
    </Card>
  )
}

function Project({ line, majeur }: { line: DemarcheLine; majeur: boolean }) {
  const { data } = useQuery(demarcheQuery(line.id))
  return (
    <>
      {majeur && <span className={classes.major}>Projet Majeur</span>}
      <p>
        <Link to="/demarches/$id" params={{ id: line.id } as never}>{line.titre}</Link>
        <StatusBadge objet={line.phase === 'demande' ? 'demande' : 'demarche'} cle={line.statut} perso={{ libelle: line.statut_libelle, couleur: line.statut_couleur, icone: line.statut_icone }} court />
      </p>
      {data && data.chiffres.length > 0 && (
        <dl>{data.chiffres.map(({ cle, libelle, valeur, format }) => <div key={cle}><dt>{libelle}</dt><dd>{valueText(format as Format, valeur)}</dd></div>)}</dl>
      )}
    </>
  )
}
