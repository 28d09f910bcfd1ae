import { Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '@shared/api/http'
import { formulaireQuery } from '@shared/api/queries'
import type { CorrectionView, DraftSaved, EtapeForm } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import DynamicForm from '@shared/form/DynamicForm'
import { useDraft } from '@shared/form/useDraft'
import { count, NBSP } from '@shared/format'
import { Due } from './Due'
import classes from './EtapeFormCard.module.css'

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
  const save = useMutation({
    mutationFn: async (donnees: Record<string, unknown>) => (await call<DraftSaved>('PUT', `${base}/brouillon`, { body: { donnees }, keepalive: true })).enregistre_at,
  })
  const { data, onDraft, note, sending } = useDraft({
    place: `${base}?visit=${form.correction?.action ?? form.visit}`,
    save: save.mutateAsync,
    saved: form.brouillon && form.brouillon_at ? { data: form.brouillon, at: form.brouillon_at } : null,
  })
  // What was asked when the form opened: the answer is about that.
  const [correction] = useState(form.correction)
  const [message, setMessage] = useState('')
  return (
    <>
      {correction && <ToCorrect correction={correction} />}
      <Card>
        {typeof form.schema.description === 'string' && !correction && <p className={classes.intro}>{form.schema.description}</p>}
        <DynamicForm
          schema={form.schema}
          uiSchema={form.ui}
          data={data ?? form.donnees}
          onDraft={onDraft}
          brouillon={note}
          {...(correction ? { marques: correction.champs, envoyees: form.donnees, action: 'Envoyer mes corrections' } : {})}
          avantEnvoi={correction && (
            <Textarea
              label="Un mot pour votre conseiller (facultatif)"
              description="Par exemple, si une réponse marquée est juste."
              value={message}
              onChange={(event) => setMessage(event.currentTarget.value)}
              maxLength={2000}
              rows={2}
            />
          )}
          onSubmit={async (donnees) => {
            const place = correction ? { message: message.trim() } : { etape: form.etape ?? undefined, visit: form.visit ?? undefined }
            await sending(() => call('POST', base, { body: { donnees, ...place } }))
            await client.invalidateQueries({ queryKey: ['demarche', demarcheId], refetchType: 'active' })
            void client.invalidateQueries({ queryKey: ['attentes'] })
            onDone()
          }}
        />
      </Card>
    </>
  )
}

/** Who asks for what, before the form. */
function ToCorrect({ correction }: { correction: CorrectionView }) {
  return (
    <Card variante="attente">
      <section className={classes.block} aria-labelledby="a-corriger">
        <h2 id="a-corriger">{count(correction.champs.length, 'réponse')} à corriger</h2>
        <p>{correction.requested_by} a relu vos réponses. Corrigez ce qui est marqué, le reste est déjà rempli.</p>
        {correction.message && <p className={classes.words}>{correction.message}</p>}
        <ul>
          {correction.champs.map(({ champ, libelle, etat, mot }) => (
            <li key={champ}><strong>{libelle}</strong> · {etat === 'incorrect' ? 'incorrect' : 'incomplet'}{NBSP}: {mot}</li>
          ))}
        </ul>
        {correction.due_at && <Due at={correction.due_at} />}
        <p className={classes.note}>Vos modifications restent chez vous tant que vous ne les envoyez pas.</p>
      </section>
    </Card>
  )
}
