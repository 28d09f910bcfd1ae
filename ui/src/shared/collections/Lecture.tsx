import { lazy, Suspense } from 'react'
import type { CollectionView, LectureView } from '../api/types'
import { Card, Section } from '../components/Card'
import { SkeletonRows } from '../components/States'
import { Figures } from './Figures'

const Simulation = lazy(() => import('./Simulation'))
const OffresPret = lazy(() => import('./OffresPret'))
const PlansDette = lazy(() => import('./PlansDette'))
const Regroupement = lazy(() => import('./Regroupement'))
const Amortissement = lazy(() => import('./Amortissement'))

interface Props {
  demarcheId: string
  lecture: LectureView
  collections: CollectionView[]
  onError?: (error: unknown) => void
}

/** One reading of the day: in its own way when it has one, else its figures. */
export function Lecture({ demarcheId, lecture, collections, onError }: Props) {
  const offres = collections.find(({ cle }) => cle === 'offres')
  const report = onError ? { onError } : {}
  return (
    <Section titre={lecture.libelle ?? 'Aujourd’hui'}>
      <Suspense fallback={<SkeletonRows lignes={3} hauteur={90} />}>
        {lecture.fonction === 'simulation_credit' && lecture.valeur ? <Simulation lecture={lecture} />
          : lecture.fonction === 'simulation_regroupement' && lecture.valeur ? <Regroupement lecture={lecture} />
          : lecture.fonction === 'comparatif_offres_pret' && lecture.valeur ? <OffresPret demarcheId={demarcheId} lecture={lecture} offres={offres} {...report} />
          : lecture.fonction === 'comparatif_plans' && lecture.valeur ? <PlansDette lecture={lecture} />
          : lecture.fonction === 'tableau_amortissement' && lecture.valeur ? <Amortissement lecture={lecture} />
          : <Card nue><Figures lecture={lecture} /></Card>}
      </Suspense>
    </Section>
  )
}
