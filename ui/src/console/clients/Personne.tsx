import { TextInput } from '@mantine/core'
import type { FieldErrors } from '../components/CommandDialog'
import classes from './AccesPortail.module.css'

/** Somebody who is to come to the portal. */
export interface Person {
  prenom: string
  nom: string
  email: string
  fonction: string
}

interface Props {
  value: Person
  onChange: (value: Person) => void
  errors: FieldErrors
  /** Of the names of its errors, in a form that has others. */
  prefixe?: string
  /** The name alone. */
  nue?: boolean
  /** The address used when none is written. */
  email?: string
}

/** What is missing to invite somebody. */
export const missingOf = (person: Person, prefix = ''): FieldErrors => ({
  ...(!person.prenom.trim() && { [`${prefix}prenom`]: 'Indiquez son prénom.' }),
  ...(!person.nom.trim() && { [`${prefix}nom`]: 'Indiquez son nom.' }),
  ...(!person.email.trim() && { [`${prefix}email`]: 'Indiquez son adresse email.' }),
})

/** Who somebody is: name, address, function at the client's. */
export function Personne({ value, onChange, errors, prefixe = '', nue = false, email }: Props) {
  const field = (key: keyof Person) => ({
    value: value[key],
    error: errors[prefixe + key],
    onChange: (event: { currentTarget: { value: string } }) => onChange({ ...value, [key]: event.currentTarget.value }),
  })
  return (
    <>
      <div className={classes.pair}>
        <TextInput label="Prénom" required maxLength={100} {...field('prenom')} />
        <TextInput label="Nom" required maxLength={100} {...field('nom')} />
      </div>
      {!nue && (
        <div className={classes.pair}>
          <TextInput label="Son adresse email" type="email" required={!email} maxLength={254} placeholder={email || undefined} {...field('email')} />
          <TextInput label="Fonction" maxLength={100} placeholder="Gérante, responsable RH…" {...field('fonction')} />
        </div>
      )}
    </>
  )
}
