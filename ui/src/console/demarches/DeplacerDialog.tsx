import { Button, Group } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { demarcheQuery } from '@shared/api/queries'
import type { DemarcheLine, DemarcheView } from '@shared/api/types'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import { Dialog } from '@shared/components/Dialog'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import { useFocusBack } from '@shared/hooks/useFocusBack'
import { useCommands } from '../api/commands'
import { toastDone } from '../components/toasts'
import { deplacementVers } from './deplacement'
import classes from './Tableau.module.css'

interface Props {
  line: DemarcheLine
  cible: { cle: string; libelle: string }
  onClose: () => void
}

/** A card was moved: what its étape allows is said before it is done, and a move that nothing allows is refused (SIN-12). */
export function DeplacerDialog({ line, cible, onClose }: Props) {
  const client = useQueryClient()
  const { data, error, refetch } = useQuery(demarcheQuery(line.id))
  const { send } = useCommands(line.id)
  // What was decided on opening stays on screen while the answer changes the démarche behind it.
  const [decided, setDecided] = useState<ReturnType<typeof deplacementVers> | null>(null)
  const plan = decided ?? (data && deplacementVers(data, cible.cle, cible.libelle))
  const titre = `Vers « ${cible.libelle} »`
  // One window gives way to another meanwhile: the card is remembered from the first.
  useFocusBack(true)

  if (!plan || plan.genre === 'refus') {
    return (
      <Dialog opened onClose={onClose} title={titre}>
        {plan ? (
          <div className={classes.refus}>
            <p role="alert"><strong>{line.titre}</strong> reste où elle est. {plan.motif}</p>
            <Group justify="flex-end">
              <Button variant="subtle" color="gray" onClick={onClose} data-autofocus>Fermer</Button>
              <Button component={Link} to={`/demarches/${line.id}`} variant="default">Ouvrir la démarche</Button>
            </Group>
          </div>
        ) : error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={2} />}
      </Dialog>
    )
  }
  const back = plan.genre === 'revenir'
  const confirm = async (motif: string): Promise<void> => {
    setDecided(plan)
    try {
      await send({ chemin: `/etapes/${plan.etape.cle}/${back ? 'retour' : 'validation'}`, body: back ? { motif } : { visit: plan.etape.visit } })
    } catch (failure) {
      setDecided(null)
      throw failure
    }
    const now = client.getQueryData<DemarcheView>(demarcheQuery(line.id).queryKey)
    toastDone(back ? `Retour à l’étape « ${plan.etape.titre} »` : arrived(now, plan.etape.titre, cible.cle))
  }
  return (
    <ConfirmDialog
      ouvert
      onClose={onClose}
      titre={titre}
      action={back ? 'Revenir à cette étape' : 'Valider l’étape'}
      {...(back ? { motif: { libelle: 'Motif, lu par le client' } } : {})}
      onConfirm={confirm}
    >
      {back ? (
        <p><strong>{line.titre}</strong> revient à l’étape « {plan.etape.titre} » : cette étape et les suivantes sont à refaire. Les pièces validées et l’historique restent.</p>
      ) : (
        <>
          <p>L’étape « {plan.etape.titre} » de <strong>{line.titre}</strong> est validée, et la démarche continue.</p>
          {plan.entre.length > 0 && <p>Avant « {cible.libelle} », elle passe encore par {plan.entre.map((etape) => `« ${etape.titre} »`).join(', ')}, si cela la concerne.</p>}
        </>
      )}
    </ConfirmDialog>
  )
}

/** Where the démarche is now: one étape is validated at a time, and conditions may lead elsewhere than the card was dropped. */
function arrived(now: DemarcheView | undefined, titre: string, cible: string): string {
  const done = `Étape validée : ${titre}.`
  if (!now || now.colonne?.cle === cible) return done
  if (now.closed_at) return `${done} La démarche est terminée.`
  const next = now.etapes.find((etape) => etape.statut === 'en_cours')
  return next ? `${done} La démarche est à l’étape « ${next.titre} ».` : done
}
