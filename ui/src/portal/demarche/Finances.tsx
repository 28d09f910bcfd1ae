import type { DemarcheView } from '@shared/api/types'
import { Card, Section } from '@shared/components/Card'
import { EmptyState } from '@shared/components/States'
import { money } from '@shared/format'
import classes from './Demarche.module.css'

/** « Suivi Financier »: the price of the service once the firm has filled it in (DOS-16, DOS-24). */
export function Finances({ view }: { view: DemarcheView }) {
  return (
    <Section titre="Prix de la prestation">
      <Card>
        {view.prix === null
          ? <EmptyState>Le prix n’est pas encore renseigné. Posez-nous la question si vous en avez besoin.</EmptyState>
          : <p className={classes.price}><strong>{money(view.prix)}</strong> {view.prix_mention}</p>}
      </Card>
    </Section>
  )
}
