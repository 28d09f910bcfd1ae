import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { IconInfoCircle } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { call } from '@shared/api/http'
import { brouillonQuery, catalogueFormQuery } from '@shared/api/queries'
import { useMoi } from '@shared/api/session'
import type { CatalogueForm, Draft } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import DynamicForm from '@shared/form/DynamicForm'
import { useRequestDraft } from '@shared/form/useRequestDraft'
import { money, NBSP } from '@shared/format'
import { STROKE } from '@shared/icons'
import { Bell, TopBar } from '../components/Shell'
import { Page } from '../components/Page'
import classes from './ServiceFormPage.module.css'

/** A request: multi-page form with its draft, kept on the server (DEM-04, EMB-02). */
export function ServiceFormPage() {
  const { modele } = useParams({ strict: false }) as { modele: string }
  const moi = useMoi()
  const search = useSearch({ strict: false })
  const tiers = search.tiers ?? moi.tiers[0]?.id
  const form = useQuery(catalogueFormQuery(modele, tiers))
  const draft = useQuery(brouillonQuery(modele, tiers))
  const error = form.error ?? draft.error
  return (
    <Page
      titre={form.data?.libelle ?? 'Votre demande'}
      chapeau={String(form.data?.formulaire?.schema.description ?? '')}
      etroite
      barre={<TopBar titre="Nouvelle Demande" retour={{ to: '/services', libelle: 'Services' }} droite={<Bell />} />}
    >
      {form.data && draft.data !== undefined && tiers ? (
        form.data.formulaire ? (
          <RequestForm modele={form.data} formulaire={form.data.formulaire} tiers={tiers} draft={draft.data} />
        ) : (
          <EmptyState>Ce service se demande auprès de votre conseiller.</EmptyState>
        )
      ) : error ? (
        <ErrorState error={error} onRetry={() => { void form.refetch(); void draft.refetch() }} />
      ) : (
        <SkeletonRows lignes={5} hauteur={84} />
      )}
    </Page>
  )
}

interface FormProps {
  modele: CatalogueForm
  formulaire: NonNullable<CatalogueForm['formulaire']>
  tiers: string
  draft: Draft | null
}

function RequestForm({ modele, formulaire, tiers, draft }: FormProps) {
  const client = useQueryClient()
  const navigate = useNavigate()
  // The same request sent twice, by a double tap or after a cut, makes one démarche.
  const key = useRef({ sent: '', id: crypto.randomUUID() })
  const { onDraft, note, sending } = useRequestDraft(modele.modele, tiers, draft)

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
        <p>Cette prestation n’est pas incluse dans votre abonnement et sera facturée au tarif en vigueur{modele.prix !== null && `${NBSP}: ${money(modele.prix)} ${modele.prix_mention}`}. Confirmez-vous la demande{NBSP}?</p>
      </ConfirmDialog>
      <DynamicForm
        schema={formulaire.schema}
        uiSchema={formulaire.ui}
        data={draft?.data ?? null}
        onDraft={onDraft}
        brouillon={note}
        onSubmit={(values) => (modele.inclus === false ? new Promise<void>((settle) => setAsking({ data: values, settle })) : send(values))}
        avantEnvoi={
          (modele.inclus || modele.prix !== null) && (
            <p className={classes.price}>
              <IconInfoCircle size={22} stroke={STROKE} aria-hidden />
              {modele.inclus ? <span>Cette prestation est <strong>incluse dans votre abonnement</strong>.</span> : <span>Prix de la prestation : <strong>{money(modele.prix ?? 0)} {modele.prix_mention}</strong></span>}
            </p>
          )
        }
      />
    </Card>
  )
}
