import type { DemarcheView } from '../api/types'
import { CollectionBlock } from './CollectionBlock'
import { Comparatif, type Proposition } from './Comparatif'
import { Lecture } from './Lecture'

interface Props {
  demarche: Pick<DemarcheView, 'id' | 'collections' | 'lectures'>
  onError?: (error: unknown) => void
}

const COMPARATIF = 'comparatif_abonnements'

/** What a démarche keeps besides its étapes: figures of the day, comparisons, lines of its collections. */
export function Collections({ demarche, onError }: Props) {
  const report = onError ? { onError } : {}
  const compared = demarche.lectures.find(({ fonction }) => fonction === COMPARATIF)
  const offers = demarche.collections.find(({ cle }) => cle === 'offres')
  return (
    <>
      {demarche.lectures.filter(({ fonction }) => fonction !== COMPARATIF).map((lecture) => (
        <Lecture key={lecture.cle} demarcheId={demarche.id} lecture={lecture} collections={demarche.collections} {...report} />
      ))}
      {compared?.valeur && <Comparatif demarcheId={demarche.id} proposition={compared.valeur as unknown as Proposition} offres={offers} {...report} />}
      {demarche.collections.filter(({ lignes, gerable }) => lignes.length > 0 || gerable).map((collection) => (
        <CollectionBlock key={collection.cle} demarcheId={demarche.id} collection={collection} {...report} />
      ))}
    </>
  )
}

export default Collections
