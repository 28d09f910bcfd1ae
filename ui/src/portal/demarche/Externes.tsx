import { useQuery } from '@tanstack/react-query'
import type { DemarcheView } from '@shared/api/types'
import { Section } from '@shared/components/Card'
import { intervenantsQuery } from '@shared/demarche/intervenants'
import { phone } from '@shared/format'
import { People } from './Equipe'

/** People outside of the firm whom it shows to the client (EQP-05). */
export default function Externes({ view }: { view: DemarcheView }) {
  const { data } = useQuery(intervenantsQuery(view.id))
  if (!data || data.items.length === 0) return null
  return (
    <Section titre="Intervenants externes">
      <People
        people={data.items.map(({ nom, qualite, organisme, telephone, email }) => ({
          nom,
          libelle: [qualite, organisme, telephone && phone(telephone), email].filter(Boolean).join(' · '),
        }))}
      />
    </Section>
  )
}
