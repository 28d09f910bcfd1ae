import { Button } from '@mantine/core'
import { hourOfDay, longDate, money, NBSP, phone, siret } from '../format'
import { showIban, showNir } from './formats'
import classes from './DynamicForm.module.css'

type Node = Record<string, unknown>

interface Props {
  titre: string
  champs: string[]
  /** Definitions of the fields that exist for these answers. */
  proprietes: Record<string, Node>
  donnees: Record<string, unknown>
  onEdit?: () => void
}

/** An answer in words. */
export function answerText(definition: Node, value: unknown): string {
  if (value === undefined || value === null || value === '') return '—'
  if (typeof value === 'boolean') return value ? 'Oui' : 'Non'
  const labels = definition['x-libelles'] as Record<string, string> | undefined
  const choice = (definition.oneOf as { const: unknown; title?: string }[] | undefined)?.find((each) => each.const === value)
  if (choice?.title) return choice.title
  if (typeof value === 'string' && labels?.[value]) return labels[value]
  if (definition['x-monnaie'] && typeof value === 'number') return money(value)
  if (definition.format === 'date' && typeof value === 'string' && /^\d{4}-/.test(value)) return longDate(value)
  if (definition.format === 'heure' && typeof value === 'string') return hourOfDay(value)
  if (Array.isArray(value)) return value.map((each) => answerText((definition.items as Node | undefined) ?? {}, each)).join(`${NBSP}; `)
  const unit = definition['x-unite'] ? `${NBSP}${String(definition['x-unite'])}` : ''
  const text = String(value)
  if (typeof value === 'number' || definition.format === 'decimal') return text.replace('.', ',') + unit
  if (definition.format === 'nir') return showNir(text)
  if (definition.format === 'iban') return showIban(text)
  if (definition.format === 'telephone-fr') return phone(text)
  if (definition.format === 'siren' || definition.format === 'siret') return siret(text)
  return text
}

/** What was answered on one page, with a way back to it. Empty optional answers are left out. */
export function Recap({ titre, champs, proprietes, donnees, onEdit }: Props) {
  const filled = champs.filter((field) => proprietes[field] && donnees[field] !== undefined && donnees[field] !== '' && !(Array.isArray(donnees[field]) && donnees[field].length === 0))
  if (filled.length === 0) return null
  return (
    <section className={classes.recap}>
      <div className={classes.recapHead}>
        <h3>{titre}</h3>
        {onEdit && <Button variant="subtle" size="compact-sm" onClick={onEdit} aria-label={`Modifier : ${titre}`}>Modifier</Button>}
      </div>
      <dl>
        {filled.map((field) => (
          <div key={field}>
            <dt>{String(proprietes[field]?.title ?? field)}</dt>
            <dd>{answerText(proprietes[field] ?? {}, donnees[field])}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
