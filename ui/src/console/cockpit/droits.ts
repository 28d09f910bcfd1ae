import type { DemarcheView } from '@shared/api/types'

export type Droit = DemarcheView['droits'][number]

/** Whether the server lets me ask this of this démarche: my rights, and a type open to reading only (SEC-15). */
export const can = (demarche: DemarcheView, droit: Droit): boolean => demarche.droits.includes(droit)

/** Whether its dossier is under way: neither a demande, nor suspended, nor over. */
export const underWay = ({ cycle, phase }: DemarcheView): boolean => cycle === 'ouverte' && phase === 'dossier'

/** Whether I may work on its dossier now. */
export const isWorking = (demarche: DemarcheView): boolean => underWay(demarche) && can(demarche, 'demarche.commander')
