import { Button, Loader, SegmentedControl, Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useRef, useState } from 'react'
import { call, messageOf } from '@shared/api/http'
import { brouillonQuery, catalogueFormQuery, catalogueQuery, equipeQuery } from '@shared/api/queries'
import { may, useMoi } from '@shared/api/session'
import type { CatalogueForm, Draft } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import DynamicForm from '@shared/form/DynamicForm'
import { useRequestDraft } from '@shared/form/useRequestDraft'
import { money, NBSP } from '@shared/format'
import { iconNamed, STROKE } from '@shared/icons'
import { tiersDetailQuery, tiersQuery } from '../api/queries'
import { Screen, ScreenHead } from '../components/Screen'
import { toastDone } from '../components/toasts'
import classes from './NouvellePage.module.css'

type Search = Partial<Record<'modele' | 'client' | 'phase' | 'depuis', string>>

/** « Nouvelle démarche »: for whom, which modèle, then its form (DOS-07). */
export function NouvellePage() {
  const search = useSearch({ strict: false }) as Search
  const navigate = useNavigate()
  const moi = useMoi()
  const { client, modele, depuis } = search
  const phase = search.phase === 'demande' ? 'demande' : 'dossier'
  const [conseiller, setConseiller] = useState<string | null>(null)
  const catalogue = useQuery({ ...catalogueQuery(client), enabled: Boolean(client) })
  const form = useQuery({ ...catalogueFormQuery(modele ?? '', client, depuis), enabled: Boolean(client && modele) })
  const draft = useQuery({ ...brouillonQuery(modele ?? '', client), enabled: Boolean(client && modele) })
  const error = form.error ?? draft.error
  const { data: staff } = useQuery(equipeQuery)

  const go = (next: Search): void => {
    const merged = Object.entries({ ...search, ...next }).filter(([, value]) => value)
    void navigate({ to: '/nouvelle', search: Object.fromEntries(merged) as never, replace: true, resetScroll: false })
  }
  return (
    <Screen fil={[{ libelle: 'Démarches', to: '/demarches' }, { libelle: 'Nouvelle démarche' }]}>
      {!may(moi, 'demarche.ouvrir') ? <Card><EmptyState>Ouvrir une démarche ne fait pas partie de vos droits{NBSP}: demandez-le à un administrateur.</EmptyState></Card> : <div className={classes.page}>
        <ScreenHead titre="Nouvelle démarche" sousTitre="Le client, le modèle, puis les informations de départ." />
        <Card>
          <div className={classes.fields}>
            <ClientField value={client ?? null} onChange={(id) => go({ client: id ?? undefined, modele: undefined, depuis: undefined })} />
            <Select
              label="Conseiller principal"
              placeholder="Celui du client, sinon vous"
              clearable
              clearButtonProps={{ 'aria-label': 'Effacer le conseiller' }}
              data={(staff ?? []).map(({ id, prenom, nom }) => ({ value: id, label: id === moi.id ? `${prenom} ${nom} (vous)` : `${prenom} ${nom}` }))}
              value={conseiller}
              onChange={setConseiller}
            />
          </div>
        </Card>
        {client && (
          <Card>
            <h2 className={classes.title}>Modèle</h2>
            {catalogue.error ? <ErrorState error={catalogue.error} onRetry={() => void catalogue.refetch()} />
              : !catalogue.data ? <SkeletonRows lignes={2} hauteur={66} />
              : catalogue.data.length === 0 ? <EmptyState>Aucun modèle n’est prévu pour ce type de client.</EmptyState>
              : (
                <div className={classes.modeles} role="radiogroup" aria-label="Modèle">
                  {catalogue.data.map((each) => {
                    const Icon = iconNamed(each.icone)
                    return (
                      <button key={each.modele} type="button" role="radio" aria-checked={each.modele === modele} className={classes.modele} onClick={() => go({ modele: each.modele })}>
                        <Icon size={20} stroke={STROKE} aria-hidden />
                        <span>
                          <strong>{each.titre}</strong>
                          <span>{each.description}</span>
                          <span className={classes.meta}>version {each.version}{each.prix !== null && ` · ${money(each.prix)} ${each.prix_mention}`}</span>
                        </span>
                      </button>
                    )
                  })}
                </div>
              )}
          </Card>
        )}
        {client && modele && (
          <Card>
            <div className={classes.phase}>
              <SegmentedControl
                aria-label="Nature de l’ouverture"
                value={phase}
                onChange={(value) => go({ phase: value === 'demande' ? value : undefined })}
                data={[{ value: 'dossier', label: 'Ouvrir le dossier' }, { value: 'demande', label: 'Enregistrer une demande' }]}
              />
              <p>{phase === 'dossier' ? 'La timeline et la checklist de pièces sont créées aussitôt.' : 'La demande reste à étudier, comme si le client l’avait envoyée.'}</p>
            </div>
            {form.data?.depuis_reference && depuis && (
              <p className={classes.origine}>
                Depuis <Link to={`/demarches/${depuis}`}>{form.data.depuis_reference}</Link>{Object.keys(form.data.repris).length > 0 && `${NBSP}: ce que cette démarche dit déjà est rempli, vérifiez-le.`}
              </p>
            )}
            {form.data && draft.data !== undefined ? <StartForm key={`${client}/${modele}`} form={form.data} draft={draft.data} client={client} phase={phase} conseiller={conseiller} depuis={depuis} />
              : error ? <ErrorState error={error} onRetry={() => { void form.refetch(); void draft.refetch() }} />
              : <SkeletonRows lignes={4} hauteur={64} />}
          </Card>
        )}
      </div>}
    </Screen>
  )
}

function ClientField({ value, onChange }: { value: string | null; onChange: (id: string | null) => void }) {
  const [text, setText] = useState('')
  const [asked] = useDebouncedValue(text, 250)
  const { data: known } = useQuery({ ...tiersDetailQuery(value ?? ''), enabled: Boolean(value) })
  // The chosen client's own name is in the field: searching for it would hide the others.
  const list = useQuery(tiersQuery(known && asked === known.nom ? '' : asked, 0, 30))
  const options = (list.data?.items ?? []).map(({ id, nom }) => ({ value: id, label: nom }))
  if (known && !options.some((option) => option.value === known.id)) options.unshift({ value: known.id, label: known.nom })
  // A list of choices must hold a choice (ARIA): what it lacks is told by one that cannot be made.
  const none = { value: '', label: list.isFetching ? 'Recherche…' : 'Aucun client trouvé', disabled: true }
  return (
    <Select
      label="Client"
      placeholder="Nom, SIRET ou email"
      required
      searchable
      data={options.length > 0 ? options : [none]}
      value={value}
      onChange={onChange}
      searchValue={text}
      onSearchChange={setText}
      // The server has already searched, on more than the name.
      filter={({ options: all }) => all}
      rightSection={list.isFetching ? <Loader size={14} role="status" aria-label="Recherche" /> : undefined}
      autoFocus={!value}
    />
  )
}

interface StartProps {
  form: CatalogueForm
  draft: Draft | null
  client: string
  phase: 'dossier' | 'demande'
  conseiller: string | null
  depuis: string | undefined
}

function StartForm({ form, draft, client, phase, conseiller, depuis }: StartProps) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  // The same opening sent twice makes one démarche.
  const key = useRef({ sent: '', id: crypto.randomUUID() })
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const { data, onDraft, note, sending } = useRequestDraft(form.modele, client, draft)

  const open = async (donnees: Record<string, unknown>): Promise<void> => {
    const body = { modele: form.modele, tiers_id: client, phase, donnees, ...(conseiller ? { conseiller_id: conseiller } : {}), ...(depuis ? { depuis } : {}) }
    const sent = JSON.stringify(body)
    if (key.current.sent !== sent) key.current = { sent, id: crypto.randomUUID() }
    const { id, reference } = await sending(() =>
      call<{ id: string; reference: string }>('POST', '/api/demarches', { body, idempotencyKey: key.current.id }),
    )
    for (const stale of ['demarches', 'travail']) void queries.invalidateQueries({ queryKey: [stale] })
    toastDone(`${phase === 'demande' ? 'Demande enregistrée' : 'Dossier ouvert'} : ${reference}`)
    await navigate({ to: `/demarches/${id}` })
  }
  const label = phase === 'demande' ? 'Enregistrer la demande' : 'Ouvrir le dossier'
  const formulaire = form.formulaire
  if (!formulaire) {
    return (
      <Actions failure={failure}>
        <Button
          loading={busy}
          onClick={() => {
            setBusy(true)
            setFailure(null)
            open({}).catch((error: unknown) => {
              setBusy(false)
              setFailure(messageOf(error))
            })
          }}
        >
          {label}
        </Button>
      </Actions>
    )
  }
  return <DynamicForm schema={formulaire.schema} uiSchema={formulaire.ui} data={data ?? form.repris} onDraft={onDraft} brouillon={note} onSubmit={(answers) => open({ [formulaire.nom]: answers })} action={label} />
}

function Actions({ children, failure }: { children: ReactNode; failure: string | null }) {
  return <div>{failure && <p className={classes.failure} role="alert">{failure}</p>}{children}</div>
}
