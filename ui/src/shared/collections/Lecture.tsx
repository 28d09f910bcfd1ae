import { lazy, type ReactNode, Suspense } from 'react'
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

interface Read {
  demarcheId: string
  lecture: LectureView
  offres: CollectionView | undefined
  onError?: (error: unknown) => void
}

/** Readings that are more than figures, by what computes them. */
const screens: Partial<Record<string, (read: Read) => ReactNode>> = {
  simulation_credit: ({ lecture }) => <Simulation lecture={lecture} />,
  simulation_regroupement: ({ lecture }) => <Regroupement lecture={lecture} />,
  comparatif_offres_pret: (read) => <OffresPret {...read} />,
  comparatif_plans: ({ lecture }) => <PlansDette lecture={lecture} />,
  tableau_amortissement: ({ lecture }) => <Amortissement lecture={lecture} />,
}

/** One reading of the day: in its own way when it has one, else its figures. */
export function Lecture({ demarcheId, lecture, collections, onError }: Props) {
  const offres = collections.find(({ cle }) => cle === 'offres')
  const report = onError ? { onError } : {}
  const own = lecture.valeur ? screens[lecture.fonction] : undefined
  // A reading that only adds columns to lines has no figure of its own.
  if (!own && lecture.chiffres.length === 0 && !lecture.refus) return null
  return (
    <Section titre={lecture.libelle ?? 'Aujourd’hui'}>
      <Suspense fallback={<SkeletonRows lignes={3} hauteur={90} />}>
        {own ? own({ demarcheId, lecture, offres, ...report }) : <Card nue><Figures lecture={lecture} /></Card>}
      </Suspense>
    </Section>
  )
}
