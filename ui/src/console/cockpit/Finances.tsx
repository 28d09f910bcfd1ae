import { Button } from '@mantine/core'
import type { DemarcheView } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { EmptyState } from '@shared/components/States'
import { money } from '@shared/format'
import classes from './Finances.module.css'
import type { CockpitDialog } from './dialogs'
import { can } from './droits'

/** « Suivi Financier »: the price of the service, as the client sees it (DOS-24). */
export function Finances({ demarche, onDialog }: { demarche: DemarcheView; onDialog: (dialog: CockpitDialog) => void }) {
  const { prix, prix_mention: mention } = demarche
  return (
    <Card>
      <div className={classes.head}>
        <h2>Prix de la prestation</h2>
        {can(demarche, 'prix.fixer') && <Button variant="default" size="xs" onClick={() => onDialog({ type: 'prix' })}>{prix === null ? 'Renseigner le prix…' : 'Modifier le prix…'}</Button>}
      </div>
      {prix === null ? (
        <EmptyState>Le prix n’est pas encore renseigné : le client n’en voit aucun.</EmptyState>
      ) : (
        <>
          <p className={classes.amount}>{money(prix)} <span>{mention}</span></p>
          <p className={classes.note}>Visible du client dans son espace. Les changements figurent dans l’activité de la démarche.</p>
        </>
      )}
    </Card>
  )
}
