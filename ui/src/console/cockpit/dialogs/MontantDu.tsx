import { Button } from '@mantine/core'
import type { DemarcheView } from '@shared/api/types'
import { valueText } from '@shared/collections/values'
import classes from './dialogs.module.css'
import { avecAccessoires, type Compte, principal, type Rappel } from './montantDu'

/** What the debtor owes today, put into what is being written to them, with or without the penalties (REC-25). */
export function MontantDu({ demarche, onInsert }: { demarche: DemarcheView; onInsert: (phrase: string) => void }) {
  const compte = demarche.lectures.find(({ fonction }) => fonction === 'situation_de_compte')?.valeur as Compte | null | undefined
  if (!compte || !demarche.paiement) return null
  const plus = avecAccessoires(compte)
  if (compte.reste_du === 0 && !plus) return null
  const bouton = (mots: string, { montant, phrase }: Rappel) => (
    <Button variant="default" size="xs" onClick={() => onInsert(phrase)}>{mots} ({valueText('montant', montant, null)})</Button>
  )
  return (
    <div className={classes.montants} role="group" aria-label="Montant dû">
      {compte.reste_du > 0 && bouton('Insérer le reste dû', principal(compte))}
      {plus && bouton(compte.penalites === null ? 'Avec les indemnités seules' : 'Avec les pénalités', plus)}
      {compte.penalites === null && <p className={classes.hint}>Les pénalités de retard n’ont pas pu être calculées : elles ne sont pas comptées.</p>}
    </div>
  )
}
