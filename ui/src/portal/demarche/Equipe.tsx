import { lazy, Suspense } from 'react'
import type { DemarcheView } from '@shared/api/types'
import { Avatar } from '@shared/components/Avatar'
import { Card, Section } from '@shared/components/Card'
import { dayOfYear } from '@shared/format'
import classes from './Demarche.module.css'

const Externes = lazy(() => import('./Externes'))

/** « L'équipe sur votre dossier » (EQP). */
export function Equipe({ view }: { view: DemarcheView }) {
  const firm = view.equipe.filter((member) => member.side === 'cabinet')
  const client = view.equipe.filter((member) => member.side === 'client')
  return (
    <>
      <Section titre="L’équipe sur votre dossier"><People people={firm} /></Section>
      <Suspense fallback={null}><Externes view={view} /></Suspense>
      {client.length > 0 && <Section titre="De votre côté"><People people={client} /></Section>}
      {view.participants.length > 0 && (
        <Section titre="Personnes invitées">
          <People
            people={view.participants.map((person) => ({
              nom: person.nom,
              libelle: `${person.libelle}, ${person.revoked ? 'accès retiré' : `invité le ${dayOfYear(person.invited_at)}`}`,
            }))}
          />
        </Section>
      )}
    </>
  )
}

export function People({ people }: { people: { nom: string; libelle: string; photo?: string | null }[] }) {
  return (
    <Card nue>
      <ul>
        {people.map((person) => (
          <li key={person.nom + person.libelle} className={classes.person}>
            <Avatar nom={person.nom} photo={person.photo} taille={48} />
            <div>
              <strong>{person.nom}</strong>
              <p className={classes.muted}>{person.libelle}</p>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  )
}
