import { queryOptions } from '@tanstack/react-query'
import { call } from '../api/http'
import type { Intervenants } from '../api/types'

/** People outside of the firm on a démarche, those that its reader may see (EQP-05). */
export const intervenantsQuery = (id: string) =>
  queryOptions({
    queryKey: ['demarche', id, 'intervenants'],
    queryFn: ({ signal }) => call<Intervenants>('GET', `/api/demarches/${id}/intervenants`, { signal }),
  })
