import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { IconInfoCircle } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { call } from '@shared/api/http'
import type { CatalogueForm, Draft } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import DynamicForm from '@shared/form/DynamicForm'
import { useRequestDraft } from '@shared/form/useRequestDraft'
import { money, NBSP } from '@shared/format'
import { STROKE } from '@shared/icons'
import classes from './RequestForm.module.css'

interface Props {
  modele: CatalogueForm
  formulaire: NonNullable<CatalogueForm['formulaire']>
  tiers: string
  draft: Draft | null
}

/** The form of a service, with its draft kept on the server (DEM-04). */
export function RequestForm({ modele, formulaire, tiers, draft }: Props) {
  const client = useQueryClient()
  const navigate = useNavigate()
  // The same request sent twice, by a double tap or after a cut, makes one démarche.
  const key = useRef({ sent: '', id: crypto.randomUUID() })
  const { data, onDraft, note, sending } = useRequestDraft(modele.modele, tiers, draft)

  /** A request that waits for the person to agree to its price; `settle` gives the form back to them. */
  const [asking, setAsking] = useState<{ data: Record<string, unknown>; settle: () => void } | null>(null)

  const send = async (data: Record<string, unknown>, accord = false): Promise<void> => {
    const sent = JSON.stringify(data)
    if (key.current.sent !== sent) key.current = { sent, id: crypto.randomUUID() }
    const { id } = await sending(() =>
      call<{ id: string }>('POST', '/api/demarches', {
        body: { modele: modele.modele, tiers_id: tiers, donnees: { [formulaire.nom]: data }, accord },
        idempotencyKey: key.current.id,
      }),
    )
    for (const stale of ['demarches', 'attentes']) void client.invalidateQueries({ queryKey: [stale] })
    await navigate({ to: '/demarches/$id', params: { id }, search: { nouvelle: true } })
  }

  return (
    <Card>
      <ConfirmDialog
        ouvert={asking !== null}
        titre="Hors de votre abonnement"
        action="Confirmer ma demande"
        onClose={() => {
          asking?.settle()
          setAsking(null)
        }}
        onConfirm={() => send(asking?.data ?? {}, true)}
      >
        <NotIncluded modele={modele} />
      </ConfirmDialog>
      <DynamicForm
        schema={formulaire.schema}
        uiSchema={formulaire.ui}
        data={data}
        onDraft={onDraft}
        brouillon={note}
        onSubmit={(values) => (modele.inclus === false ? new Promise<void>((settle) => setAsking({ data: values, settle })) : send(values))}
        avantEnvoi={(modele.inclus || modele.prix !== null) && <Price modele={modele} />}
      />
    </Card>
  )
}

/** What the service costs. Like the words below, drawn only when it is read: the first amount of a page is long to format. */
function Price({ modele }: { modele: CatalogueForm }) {
  return (
    <p className={classes.price}>
      <IconInfoCircle size={22} stroke={STROKE} aria-hidden />
      {modele.inclus ? <span>Cette prestation est <strong>incluse dans votre abonnement</strong>.</span> : <span>Prix de la prestation : <strong>{money(modele.prix ?? 0)} {modele.prix_mention}</strong></span>}
    </p>
  )
}

function NotIncluded({ modele }: { modele: CatalogueForm }) {
  return (
    <p>Cette prestation n’est pas incluse dans votre abonnement et sera facturée au tarif en vigueur{modele.prix !== null && `${NBSP}: ${money(modele.prix)} ${modele.prix_mention}`}. Confirmez-vous la demande{NBSP}?</p>
  )
}
