import { useQueryClient } from '@tanstack/react-query'
import { call } from '@shared/api/http'
import type { DraftLine } from '@shared/api/types'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'

/** Throws a request left half-way away, once its author has said so (DEM-04). */
export default function DiscardDraft({ draft: { modele, tiers_id: tiers }, titre, onClose }: { draft: DraftLine; titre: string; onClose: () => void }) {
  const client = useQueryClient()
  return (
    <ConfirmDialog
      ouvert
      danger
      titre="Supprimer ce brouillon ?"
      action="Supprimer le brouillon"
      onClose={onClose}
      onConfirm={async () => {
        await call('DELETE', `/api/brouillons/${modele}?tiers=${encodeURIComponent(tiers)}`)
        client.removeQueries({ queryKey: ['brouillon', modele] })
        await client.invalidateQueries({ queryKey: ['brouillons'] })
      }}
    >
      <p>Vos réponses pour « {titre} » seront effacées. Rien ne nous a été envoyé.</p>
    </ConfirmDialog>
  )
}
