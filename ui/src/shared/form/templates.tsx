import { Button } from '@mantine/core'
import { Templates as mantine } from '@rjsf/mantine'
import type { ArrayFieldItemTemplateProps, ArrayFieldTitleProps, DescriptionFieldProps, IconButtonProps, ObjectFieldTemplateProps, TemplatesType, TitleFieldProps } from '@rjsf/utils'
import { titleId, TranslatableString } from '@rjsf/utils'
import { IconPlus } from '@tabler/icons-react'
import { type ComponentType, type ReactNode, useId } from 'react'
import { STROKE } from '../icons'
import classes from './DynamicForm.module.css'

/** What the firm says of each marked place, by its path (« enfants/1/prenom »). */
export type Mots = ReadonlyMap<string, string>

const motsOf = (registry: { formContext?: unknown }): Mots | undefined => (registry.formContext as { mots?: Mots } | undefined)?.mots

/** Properties in one column, side by side on a wide screen where the UI schema says `ui:demi`. */
function ObjectFieldTemplate({ title, description, properties, fieldPathId, uiSchema, registry }: ObjectFieldTemplateProps) {
  const nested = fieldPathId.path.length > 0
  const mots = motsOf(registry)
  return (
    <div className={classes.fields} role={nested ? 'group' : undefined} aria-label={nested ? title : undefined}>
      {nested && title && <p className={classes.groupTitle}>{title}</p>}
      {nested && description && <div className={classes.description}>{description}</div>}
      {properties.map(({ name, content, hidden }) => {
        const mot = mots?.get([...fieldPathId.path, name].join('/'))
        return (
          <div
            key={name}
            className={classes.field}
            data-marque={mot !== undefined || undefined}
            data-cache={hidden || (uiSchema?.[name] as Record<string, unknown> | undefined)?.['ui:widget'] === 'hidden' || undefined}
          >
            {/* At the top the word is the field's own description. */}
            {nested && mot ? <Marque mot={mot}>{content}</Marque> : content}
          </div>
        )
      })}
    </div>
  )
}

/** A marked part of a group or item of a list: the word, then what it is about. */
function Marque({ mot, children }: { mot: string; children: ReactNode }) {
  const id = useId()
  return (
    <div role="group" aria-labelledby={id}>
      <p id={id} className={classes.word}>{mot}</p>
      {children}
    </div>
  )
}

const MantineItem = mantine.ArrayFieldItemTemplate as ComponentType<ArrayFieldItemTemplateProps>

function ArrayFieldItemTemplate(props: ArrayFieldItemTemplateProps) {
  const mot = motsOf(props.registry)?.get(props.buttonsProps.fieldPathId.path.join('/'))
  const item = <MantineItem {...props} />
  return mot ? <div className={classes.field} data-marque><Marque mot={mot}>{item}</Marque></div> : item
}

/** A line more in a list: in words, a plus sign alone is not found. */
function AddButton({ id, className, disabled, onClick, registry }: IconButtonProps) {
  return (
    <Button id={id} className={className} disabled={disabled} onClick={onClick} variant="default" size="xs" leftSection={<IconPlus size={16} stroke={STROKE} aria-hidden />}>
      {registry.translateString(TranslatableString.AddItemButton)}
    </Button>
  )
}

/** Groups are named by ObjectFieldTemplate; a heading here would break the page's order of headings. */
function TitleFieldTemplate({ id, title }: TitleFieldProps) {
  return <p id={id} className={classes.groupTitle}>{title}</p>
}

/** The legend of a list: Mantine's is a heading, of the wrong level wherever the form is. */
function ArrayFieldTitleTemplate({ fieldPathId, title }: ArrayFieldTitleProps) {
  return title ? <span id={titleId(fieldPathId)} className={classes.groupTitle}>{title}</span> : null
}

function DescriptionFieldTemplate({ id, description }: DescriptionFieldProps) {
  return description ? <div id={id} className={classes.description}>{description}</div> : null
}

export const templates: Partial<TemplatesType> = {
  ObjectFieldTemplate,
  ArrayFieldItemTemplate,
  ArrayFieldTitleTemplate,
  TitleFieldTemplate,
  DescriptionFieldTemplate,
  ButtonTemplates: { ...mantine.ButtonTemplates, AddButton } as TemplatesType['ButtonTemplates'],
}

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
