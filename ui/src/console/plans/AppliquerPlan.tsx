import { Radio } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { CollectionView } from '@shared/api/types'
import { useLines } from '@shared/collections/useLines'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { NBSP } from '@shared/format'
import { CommandDialog, type FieldErrors } from '../components/CommandDialog'
import { toastDone } from '../components/toasts'
import { Paliers } from './Paliers'
import { ligneOf, plansQuery } from './plans'
import classes from './Plans.module.css'

/** Takes a plan of the library for this démarche: its steps replace those that are not gone, all of them or none (REC-10). */
export function AppliquerPlan({ demarcheId, collection, onClose }: { demarcheId: string; collection: CollectionView; onClose: () => void }) {
  const { data, error, refetch } = useQuery(plansQuery)
  const { addAll } = useLines(demarcheId)
  const [choisi, setChoisi] = useState<string | null>(null)
  return (
    <CommandDialog
      large
      titre="Appliquer un plan de relance"
      action="Appliquer"
      inactif={!data?.length}
      onClose={onClose}
      check={(): FieldErrors => (choisi ? {} : { plan: 'Choisissez un plan.' })}
      onSubmit={async () => {
        const plan = data?.find(({ id }) => id === choisi)
        if (!plan) return
        await addAll(collection.cle, plan.paliers.map(ligneOf), true)
        toastDone(`Plan «${NBSP}${plan.nom}${NBSP}» appliqué`)
      }}
    >
      {(errors) => (
        <>
          <p className={classes.doux}>Ses paliers remplacent ceux qui ne sont pas partis. Ceux qui sont partis restent, et un jour déjà passé n’est pas rattrapé.</p>
          {!data ? (error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={3} hauteur={64} />)
            : data.length === 0 ? <EmptyState>Aucun plan encore. Écrivez-en un dans <Link to="/parametres/plans">Paramètres</Link>, ou enregistrez celui de ce dossier.</EmptyState> : (
              <Radio.Group aria-label="Plans de relance" value={choisi} onChange={setChoisi} error={choisi ? undefined : errors.plan}>
                <div className={classes.choix}>
                  {data.map(({ id, nom, description, paliers }) => (
                    <div key={id} className={classes.plan} data-choisi={choisi === id || undefined}>
                      <Radio value={id} label={nom} description={description ?? undefined} />
                      <Paliers paliers={paliers} />
                    </div>
                  ))}
                </div>
              </Radio.Group>
            )}
          {Object.keys(errors).some((cle) => cle !== 'plan') && <p className={classes.doux}>Ce dossier ne peut pas suivre ce plan{NBSP}: {[...new Set(Object.values(errors))].join(' ')}</p>}
        </>
      )}
    </CommandDialog>
  )
}
