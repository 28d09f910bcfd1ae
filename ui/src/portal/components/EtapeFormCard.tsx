import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '@shared/api/http'
import { formulaireQuery } from '@shared/api/queries'
import type { EtapeForm } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import DynamicForm from '@shared/form/DynamicForm'
import { useDraft } from '@shared/form/useDraft'

interface Props {
  demarcheId: string
  nom: string
  onDone: () => void
}

/** A form that an étape asks for, with its draft; for clients and participants. */
export function EtapeFormCard({ demarcheId, nom, onDone }: Props) {
  const { data, error, refetch } = useQuery(formulaireQuery(demarcheId, nom))
  if (!data) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={5} hauteur={84} />
  return <Loaded form={data} demarcheId={demarcheId} onDone={onDone} />
}

function Loaded({ form, demarcheId, onDone }: { form: EtapeForm; demarcheId: string; onDone: () => void }) {
  const client = useQueryClient()
  const base = `/api/demarches/${demarcheId}/formulaires/${form.nom}`
  const save = useMutation({ mutationFn: (donnees: Record<string, unknown>) => call('PUT', `${base}/brouillon`, { body: { donnees }, keepalive: true }) })
  const { onDraft, note, sending } = useDraft(save.mutateAsync, form.brouillon_at)
  return (
    <Card>
      <DynamicForm
        schema={form.schema}
        uiSchema={form.ui}
        data={form.brouillon ?? form.donnees}
        onDraft={onDraft}
        brouillon={note}
        onSubmit={async (donnees) => {
          await sending(() => call('POST', base, { body: { donnees, etape: form.etape ?? undefined, visit: form.visit ?? undefined } }))
          await client.invalidateQueries({ queryKey: ['demarche', demarcheId], refetchType: 'active' })
          void client.invalidateQueries({ queryKey: ['attentes'] })
          onDone()
        }}
      />
    </Card>
  )
}
