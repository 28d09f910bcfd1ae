import { Button } from '@mantine/core'
import type { DemarcheView } from '@shared/api/types'
import { valueText } from '@shared/collections/values'
import { NBSP } from '@shared/format'
import classes from './dialogs.module.css'

interface Compte { jour: string; reste_du: number; penalites: number | null; indemnites: number; accessoires_regles: number }

/** What the debtor owes today, put into what is being written to them, with or without the penalties (REC-25). */
export function MontantDu({ demarche, onInsert }: { demarche: DemarcheView; onInsert: (phrase: string) => void }) {
  const compte = demarche.lectures.find(({ fonction }) => fonction === 'situation_de_compte')?.valeur as Compte | null | undefined
  if (!compte || !demarche.paiement) return null
  const du = (cents: number): string => valueText('montant', cents, null)
  const jour = valueText('date', compte.jour, null)
  const plus = Math.max(0, (compte.penalites ?? 0) + compte.indemnites - compte.accessoires_regles)
  if (compte.reste_du + plus === 0) return null
  return (
    <div className={classes.montants} role="group" aria-label="Montant dû">
      <Button variant="default" size="xs" onClick={() => onInsert(`Reste à régler au ${jour}${NBSP}: ${du(compte.reste_du)}.`)}>Insérer le reste dû ({du(compte.reste_du)})</Button>
      {plus > 0 && (
        <Button variant="default" size="xs" onClick={() => onInsert(`Reste à régler au ${jour}${NBSP}: ${du(compte.reste_du + plus)}, dont ${du(plus)} de pénalités de retard et d’indemnités.`)}>
          Avec les pénalités ({du(compte.reste_du + plus)})
        </Button>
      )}
    </div>
  )
}
