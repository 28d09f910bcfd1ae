import type { DescriptionFieldProps, ObjectFieldTemplateProps, TemplatesType, TitleFieldProps } from '@rjsf/utils'
import { type TranslatableString } from '@rjsf/utils'
import classes from './DynamicForm.module.css'

/** Properties in one column, side by side on a wide screen where the UI schema says `ui:demi`. */
function ObjectFieldTemplate({ title, description, properties, fieldPathId, uiSchema, registry }: ObjectFieldTemplateProps) {
  const nested = fieldPathId.path.length > 0
  const marked = (registry.formContext as { marques?: ReadonlySet<string> } | undefined)?.marques
  return (
    <div className={classes.fields} role={nested ? 'group' : undefined} aria-label={nested ? title : undefined}>
      {nested && title && <p className={classes.groupTitle}>{title}</p>}
      {nested && description && <div className={classes.description}>{description}</div>}
      {properties.map(({ name, content, hidden }) => (
        <div
          key={name}
          className={classes.field}
          data-marque={(marked && !nested && marked.has(name)) || undefined}
          data-cache={hidden || (uiSchema?.[name] as Record<string, unknown> | undefined)?.['ui:widget'] === 'hidden' || undefined}
        >
          {content}
        </div>
      ))}
    </div>
  )
}

/** Groups are named by ObjectFieldTemplate; a heading here would break the page's order of headings. */
function TitleFieldTemplate({ id, title }: TitleFieldProps) {
  return <p id={id} className={classes.groupTitle}>{title}</p>
}

function DescriptionFieldTemplate({ id, description }: DescriptionFieldProps) {
  return description ? <div id={id} className={classes.description}>{description}</div> : null
}

export const templates: Partial<TemplatesType> = { ObjectFieldTemplate, TitleFieldTemplate, DescriptionFieldTemplate }

const french: Record<string, string> = {
  Item: 'Élément',
  'No items yet. Use the button below to add some.': 'Rien pour l’instant.',
  Yes: 'Oui',
  No: 'Non',
  Close: 'Fermer',
  Errors: 'À corriger',
  Add: 'Ajouter',
  'Add Item': 'Ajouter',
  Copy: 'Dupliquer',
  'Move down': 'Descendre',
  'Move up': 'Monter',
  Remove: 'Retirer',
  Now: 'Maintenant',
  Clear: 'Effacer',
  'Select a date': 'Choisir une date',
  Preview: 'Aperçu',
  'Decrease value by 1': 'Diminuer de 1',
  'Increase value by 1': 'Augmenter de 1',
  'clear input': 'Effacer',
}

/** rjsf's interface texts in French; parameters are filled as rjsf does. */
export function translate(text: TranslatableString, params: string[] = []): string {
  return params.reduce((sentence, value, index) => sentence.replace(`%${index + 1}`, value), french[text] ?? text)
}
