/** Documents of a client: reads and changes, with their cache keys. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { call } from '../api/http'
import type { components } from '../api/schema'

type Schemas = components['schemas']
export type Arborescence = Schemas['Arborescence']
export type Folder = Arborescence['dossiers'][number]
export type GedDocument = Schemas['DocumentLu']
export type GedDetail = Schemas['DocumentDetail']

/** What is kept among the documents of a client. */
export const KEPT = '.pdf,.jpg,.jpeg,.png,.webp,.txt,.csv,.docx,.xlsx,.odt'

export const rootOf = (tiersId: string): string => `/api/tiers/${tiersId}/ged`

export const gedQuery = (tiersId: string, q: string) =>
  queryOptions({
    queryKey: ['ged', tiersId, q],
    queryFn: ({ signal }) => call<Arborescence>('GET', rootOf(tiersId), { query: { q }, signal }),
    placeholderData: keepPreviousData,
  })

export const gedDocumentQuery = (tiersId: string, id: string) =>
  queryOptions({
    queryKey: ['ged', tiersId, 'document', id],
    queryFn: ({ signal }) => call<GedDetail>('GET', `${rootOf(tiersId)}/documents/${id}`, { signal }),
  })

/** Every folder with the names of those above it: « Dossier Annuel 2026 › Fiscal ». */
export function paths(folders: Folder[]): { value: string; label: string }[] {
  const byId = new Map(folders.map((folder) => [folder.id, folder]))
  const label = (folder: Folder): string => {
    const parent = folder.parent_id ? byId.get(folder.parent_id) : undefined
    return parent ? `${label(parent)} › ${folder.nom}` : folder.nom
  }
  return folders.map((folder) => ({ value: folder.id, label: label(folder) })).sort((a, b) => a.label.localeCompare(b.label, 'fr'))
}

/** Those from the top down to this folder. */
export function trail(folders: Folder[], id: string | null): Folder[] {
  const found = folders.find((folder) => folder.id === id)
  return found ? [...trail(folders, found.parent_id), found] : []
}
