import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { formulaireQuery } from '@shared/api/queries'
import { call } from '@shared/api/http'
import type { EtapeForm } from '@shared/api/types'
import { Dialog } from '@shared/components/Dialog'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import DynamicForm from '@shared/form/DynamicForm'
import { NBSP, spokenHour } from '@shared/format'
import { useCommands } from '../../api/commands'
import { toastDone } from '../../components/toasts'
import type { DialogProps } from './props'

export function Formulaire({ demarche, nom, etape, onClose }: DialogProps & { nom: string; etape: string }) {
  const form = useQuery(formulaireQuery(demarche.id, nom))
  return (
    <Dialog opened onClose={onClose} title={form.data?.titre ?? 'Formulaire'} size={760} closeOnClickOutside={false}>
      {form.data ? <FormulaireContent demarche={demarche} form={form.data} etape={etape} onClose={onClose} />
        : form.error ? <ErrorState error={form.error} onRetry={() => void form.refetch()} />
        : <SkeletonRows lignes={5} hauteur={64} />}
    </Dialog>
  )
}

const DRAFT_MS = 900

function FormulaireContent({ demarche, form, etape, onClose }: DialogProps & { form: EtapeForm; etape: string }) {
  const { send } = useCommands(demarche.id)
  const [note, setNote] = useState<string | null>(form.brouillon_at ? `Brouillon enregistré à${NBSP}${spokenHour(form.brouillon_at)}` : null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const key = useRef(crypto.randomUUID())
  const draft = (donnees: Record<string, unknown>): void => {
    key.current = crypto.randomUUID()
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      call<{ enregistre_at: string }>('PUT', `/api/demarches/${demarche.id}/formulaires/${form.nom}/brouillon`, { body: { donnees } })
        .then(({ enregistre_at }) => setNote(`Brouillon enregistré à${NBSP}${spokenHour(enregistre_at)}`))
        .catch(() => setNote('Brouillon non enregistré.'))
    }, DRAFT_MS)
  }
  return (
    <DynamicForm
      schema={form.schema}
      uiSchema={form.ui}
      data={form.brouillon ?? form.donnees}
      onDraft={draft}
      brouillon={note}
      action="Enregistrer le formulaire"
      titre={form.titre}
      onSubmit={async (donnees) => {
        clearTimeout(timer.current)
        await send({ chemin: `/formulaires/${form.nom}`, body: { donnees, etape: form.etape ?? etape, ...(form.visit === null ? {} : { visit: form.visit }) } }, key.current)
        toastDone('Formulaire enregistré')
        onClose()
      }}
    />
  )
}
