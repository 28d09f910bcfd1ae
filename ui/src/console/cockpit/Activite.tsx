import { useInfiniteQuery } from '@tanstack/react-query'
import { type RefObject, useState } from 'react'
import type { DemarcheView } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { count } from '@shared/format'
import { activiteQuery } from '../api/queries'
import { Chips } from '../components/Chips'
import classes from './Activite.module.css'
import { Composer } from './Composer'
import { can } from './droits'
import { exchanges, families, Lines } from './Lines'

interface Props {
  demarche: DemarcheView
  composer: RefObject<HTMLTextAreaElement | null>
  /** Families shown, then filtered by kind of exchange; all of them by default, filtered by family. */
  familles?: string[]
  titre?: string
}

/** The unified timeline: filters, composer, lines grouped by day, older ones on scrolling (TL-02 to TL-13). */
export function Activite({ demarche, composer, familles, titre = 'Activité' }: Props) {
  const [famille, setFamille] = useState('tout')
  const asked = famille === 'tout' ? (familles ?? []) : [famille]
  const feed = useInfiniteQuery(activiteQuery(demarche.id, asked))

  const counts: Record<string, number> = { ...feed.data?.pages[0]?.echanges, ...feed.data?.pages[0]?.familles }
  const offered: { cle: string; libelle: string }[] = familles ? exchanges : families
  const total = families.filter(({ cle }) => familles?.includes(cle) ?? true).reduce((sum, { cle }) => sum + (counts[cle] ?? 0), 0)

  return (
    <Card>
      <div className={classes.head}>
        <h2>{titre}</h2>
        {feed.data && <span>{count(total, 'événement')}</span>}
      </div>
      <Chips
        nom="Filtrer par type"
        valeur={famille}
        onChange={setFamille}
        options={[{ cle: 'tout', libelle: 'Tout' }, ...offered.filter(({ cle }) => counts[cle]).map(({ cle, libelle }) => ({ cle, libelle, n: counts[cle] }))]}
      />
      {can(demarche, 'journal.commenter') && <Composer demarcheId={demarche.id} field={composer} client={demarche.client_nom} />}
      <Lines feed={feed} />
    </Card>
  )
}
