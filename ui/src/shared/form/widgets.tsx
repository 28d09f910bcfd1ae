import { Autocomplete, Checkbox, Radio } from '@mantine/core'
import { Theme } from '@rjsf/mantine'
import { getDefaultRegistry } from '@rjsf/core'
import { type FieldProps, getTemplate, type RegistryFieldsType, type RegistryWidgetsType, type WidgetProps } from '@rjsf/utils'
import type { ComponentType } from 'react'
import { DateWidget } from './DateWidget'
import classes from './DynamicForm.module.css'
import { DecimalWidget, MoneyWidget, NumberWidget } from './numbers'
import { TimeWidget } from './TimeWidget'

type Widget = ComponentType<WidgetProps>

/** rjsf's Mantine theme shows a field's description in text inputs only: this one passes it to the others. */
function described(name: string, more: (props: WidgetProps) => Record<string, unknown> = () => ({})): Widget {
  const Base = Theme.widgets?.[name] as Widget
  function Described(props: WidgetProps) {
    return <Base {...props} options={{ ...props.options, description: props.schema.description, ...more(props) }} />
  }
  return Described
}

/** Typing to search helps in long lists only. */
const LONG_LIST = 8

function CheckboxWidget({ id, name, value, label, required, disabled, readonly, rawErrors, onChange, onBlur, schema }: WidgetProps) {
  return (
    <Checkbox
      id={id}
      name={name}
      label={label}
      description={schema.description}
      required={required}
      disabled={Boolean(disabled || readonly)}
      checked={value === true}
      error={rawErrors?.[0]}
      onChange={(event) => onChange(event.currentTarget.checked)}
      onBlur={() => onBlur(id, value)}
    />
  )
}

/** Choices as large targets, none chosen in advance. */
function RadioWidget({ id, value, label, hideLabel, required, disabled, readonly, rawErrors, options, onChange, onBlur, schema }: WidgetProps) {
  const choices = options.enumOptions ?? []
  const index = choices.findIndex((choice) => choice.value === value)
  return (
    <Radio.Group
      id={id}
      name={id}
      label={hideLabel ? undefined : label}
      description={schema.description}
      required={required}
      value={index < 0 ? null : String(index)}
      error={rawErrors?.[0]}
      onChange={(picked) => onChange(choices[Number(picked)]?.value)}
    >
      <div className={classes.choices} data-inline={options.inline || undefined}>
        {choices.map((choice, each) => (
          <Radio
            key={String(choice.value)}
            value={String(each)}
            label={choice.label}
            disabled={Boolean(disabled || readonly)}
            classNames={{ root: classes.choice }}
            onBlur={() => onBlur(id, value)}
          />
        ))}
      </div>
    </Radio.Group>
  )
}

/** Text, with what the démarche already knows proposed while typing: the banks, the validated pièces. */
function TextWidget(props: WidgetProps) {
  const { id, name, value, label, hideLabel, required, disabled, readonly, rawErrors, onChange, onBlur, schema, registry, options } = props
  if (!Array.isArray(schema.examples) || schema.examples.length === 0) {
    const Input = getTemplate('BaseInputTemplate', registry, options)
    return <Input {...props} />
  }
  return (
    <Autocomplete
      id={id}
      name={name}
      label={hideLabel ? undefined : label}
      description={schema.description}
      required={required}
      disabled={Boolean(disabled || readonly)}
      data={schema.examples.map(String)}
      value={typeof value === 'string' ? value : ''}
      error={rawErrors?.[0]}
      onChange={(typed) => onChange(typed === '' ? undefined : typed)}
      onBlur={() => onBlur(id, value)}
    />
  )
}

const DefaultNumberField = getDefaultRegistry().fields.NumberField as ComponentType<FieldProps>

/** Widgets that give a number themselves: the field of rjsf would ask the browser for its decimal separator each time it is drawn. */
const NUMERIC: unknown[] = ['monnaie', 'nombre', 'hidden']

/**
 * An amount (`x-monnaie`) is typed in euros, at any depth, even where the UI schema does not say so: cents typed by
 * hand would be a hundredth of what was meant.
 */
function NumberField(props: FieldProps) {
  const { schema, uiSchema } = props
  const choice = schema.enum ?? schema.oneOf
  const widget = uiSchema?.['ui:widget'] ?? ('x-monnaie' in schema ? 'monnaie' : choice ? undefined : 'nombre')
  const Field = NUMERIC.includes(widget) ? (props.registry.fields.StringField as ComponentType<FieldProps>) : DefaultNumberField
  return <Field {...props} uiSchema={widget ? { ...uiSchema, 'ui:widget': widget } : uiSchema} />
}

export const fields: RegistryFieldsType = { NumberField }

/** Widgets of our forms; `monnaie`, `nombre` and `date` are names that UI schemas use. */
export const widgets: RegistryWidgetsType = {
  ...Theme.widgets,
  TextWidget,
  DateWidget,
  TimeWidget,
  CheckboxWidget,
  TextareaWidget: described('TextareaWidget', ({ options }) => ({ rows: options.rows ?? 3 })),
  RadioWidget,
  SelectWidget: described('SelectWidget', ({ options }) => ({
    searchable: (options.enumOptions?.length ?? 0) > LONG_LIST,
    allowDeselect: false,
    // A list that opens by itself would hide why the form brought the person back to it.
    openOnFocus: false,
    nothingFoundMessage: 'Aucun choix ne correspond.',
  })),
  monnaie: MoneyWidget,
  nombre: NumberWidget,
  decimal: DecimalWidget,
}
