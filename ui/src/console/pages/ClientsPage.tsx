import { Button, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { IconFolder, IconPlus, IconSearch } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { equipeQuery } from '@shared/api/queries'
import { may, useMoi } from '@shared/api/session'
import { Avatar } from '@shared/components/Avatar'
import { Card } from '@shared/components/Card'
import { Email } from '@shared/components/Email'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { count, de, phone } from '@shared/format'
import { STROKE } from '@shared/icons'
import { tiersQuery } from '../api/queries'
import { Pages } from '../components/Pages'
import { Screen, ScreenHead } from '../components/Screen'
import { tiersTypes } from '../components/tiers'
import classes from './ClientsPage.module.css'

const NouveauClient = lazy(() => import('../clients/NouveauClient').then((module) => ({ default: module.NouveauClient })))

const SIZE = 50

/** « Clients et tiers »: who they are, how to reach them, their démarches. */
export function ClientsPage() {
  const search = useSearch({ strict: false }) as { q?: string; page?: string }
  const navigate = useNavigate()
  const moi = useMoi()
  const mayOpen = may(moi, 'demarche.ouvrir')
  const [creating, setCreating] = useState(false)
  const page = Math.max(1, Number(search.page) || 1)
  const [text, setText] = useState(search.q ?? '')
  const list = useQuery(tiersQuery(search.q ?? '', (page - 1) * SIZE, SIZE))
  const { data: staff } = useQuery(equipeQuery)
  const go = (next: { q?: string | undefined; page?: string | undefined }): void => {
    const merged = Object.entries({ ...search, page: undefined, ...next }).filter(([, value]) => value)
    void navigate({ to: '/clients', search: Object.fromEntries(merged) as never, replace: true })
  }
  const later = useDebouncedCallback((q: string) => go({ q: q || undefined }), 250)
  const pages = Math.ceil((list.data?.total ?? 0) / SIZE)
  return (
    <Screen fil={[{ libelle: 'Clients et tiers' }]}>
      <ScreenHead titre="Clients et tiers" sousTitre={list.data ? count(list.data.total, 'fiche') : ' '}>
        {may(moi, 'tiers.creer') && <Button leftSection={<IconPlus size={16} stroke={STROKE} />} onClick={() => setCreating(true)}>Nouveau client</Button>}
      </ScreenHead>
      {creating && <Suspense><NouveauClient onClose={() => setCreating(false)} /></Suspense>}
      <TextInput
        className={classes.search ?? ''}
        type="search"
        aria-label="Rechercher un client"
        placeholder="Nom, SIRET ou email…"
        leftSection={<IconSearch size={16} stroke={STROKE} />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          later(event.currentTarget.value.trim())
        }}
      />
      {list.isError && !list.data ? <Card><ErrorState error={list.error} onRetry={() => void list.refetch()} /></Card>
        : !list.data ? <Card nue><SkeletonRows lignes={8} hauteur={54} /></Card>
        : list.data.items.length === 0 ? <Card><EmptyState>{search.q ? 'Aucun client ne correspond.' : 'Aucun client pour l’instant.'}</EmptyState></Card>
        : (
          <Card nue>
            <ul>
              {list.data.items.map((tiers) => {
                const adviser = staff?.find(({ id }) => id === tiers.conseiller_id)
                return (
                  <li key={tiers.id} className={classes.row}>
                    <Avatar nom={tiers.nom} taille={32} />
                    <div className={classes.text}>
                      <Link to="/clients/$id" params={{ id: tiers.id } as never}>{tiers.nom}</Link>
                      <span>{tiersTypes[tiers.type] ?? tiers.type}{adviser && ` · suivi par ${adviser.prenom} ${adviser.nom}`}</span>
                    </div>
                    <div className={classes.reach}>
                      {tiers.email && <a href={`mailto:${tiers.email}`}><Email adresse={tiers.email} /></a>}
                      {tiers.telephone && <a href={`tel:${tiers.telephone.replace(/\s/g, '')}`}>{phone(tiers.telephone)}</a>}
                    </div>
                    <Link className={classes.new} to="/clients/$id/documents" params={{ id: tiers.id } as never} aria-label={`Documents ${de(tiers.nom)}`} title="Documents"><IconFolder size={17} stroke={STROKE} aria-hidden /></Link>
                    {mayOpen && <Link className={classes.new} to="/nouvelle" search={{ client: tiers.id } as never} aria-label={`Nouvelle démarche pour ${tiers.nom}`} title="Nouvelle démarche"><IconPlus size={17} stroke={STROKE} aria-hidden /></Link>}
                  </li>
                )
              })}
            </ul>
          </Card>
        )}
      <Pages total={pages} page={page} onChange={(next) => go({ page: next > 1 ? String(next) : undefined })} />
    </Screen>
  )
}
