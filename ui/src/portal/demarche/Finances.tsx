import type { DemarcheView } from '@shared/api/types'
import { Card, Section } from '@shared/components/Card'
import { EmptyState } from '@shared/components/States'
import { financesOf } from '@shared/demarche/finances'
import { money } from '@shared/format'
import classes from './Demarche.module.css'
import Rubriques from './Rubriques'
import { Detail } from './Synthese'

/** « Suivi Financier »: the money that the modèle follows (SIN-05), and the price of the service once the firm has filled
 * it in (DOS-16, DOS-24). */
export function Finances({ view }: { view: DemarcheView }) {
  const own = financesOf(view)
  return (
    <>
      {own && (
        <>
          <Rubriques demarche={{ ...view, onglets: [own] }} />
          <Detail view={{ ...view, collections: view.collections.filter(({ cle }) => own.collections.includes(cle)), lectures: [] }} />
        </>
      )}
      <Section titre="Prix de la prestation">
        <Card>
          {view.prix === null
            ? <EmptyState>Le prix n’est pas encore renseigné. Posez-nous la question si vous en avez besoin.</EmptyState>
            : <p className={classes.price}><strong>{money(view.prix)}</strong> {view.prix_mention}</p>}
        </Card>
      </Section>
    </>
  )
}
