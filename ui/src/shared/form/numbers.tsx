import { NumberInput, type NumberInputProps } from '@mantine/core'
import type { WidgetProps } from '@rjsf/utils'
import { NBSP } from '../format'

/** What is typed, as the form keeps it; « - » and « -0 » are not numbers yet: they stay as they are, and a form sent so is refused. */
export const typedNumber = (typed: string | number, scale = 1): number | string | undefined => {
  const number = Number(typed)
  if (typed === '') return undefined
  if (Number.isNaN(number) || Object.is(number, -0)) return typed
  return scale === 1 ? number : Math.round(number * scale)
}

/** What they share: their label, their room, their errors. A sign is kept as it is typed: the form says when it is too low. */
function NumberField({ widget, ...props }: { widget: WidgetProps } & NumberInputProps) {
  const { id, label, hideLabel, required, disabled, readonly, placeholder, rawErrors, schema, value, onBlur } = widget
  return (
    <NumberInput
      id={id}
      label={hideLabel ? undefined : label}
      description={schema.description}
      required={required}
      disabled={Boolean(disabled || readonly)}
      placeholder={placeholder}
      styles={{ wrapper: { maxWidth: 220 } }}
      error={rawErrors?.[0]}
      onBlur={() => onBlur(id, value)}
      {...props}
    />
  )
}

/** Amount typed in euros, kept in integer cents (`x-monnaie`). */
export function MoneyWidget(widget: WidgetProps) {
  const { value, onChange } = widget
  return (
    <NumberField
      widget={widget}
      value={typeof value === 'number' ? value / 100 : (value ?? '')}
      decimalScale={2}
      fixedDecimalScale
      suffix={`${NBSP}€`}
      onChange={(euros) => onChange(typedNumber(euros, 100))}
    />
  )
}

/** A number: one out of its bounds is told, and never changed behind the back of whoever typed it. */
export function NumberWidget(widget: WidgetProps) {
  const { value, onChange, schema } = widget
  return (
    <NumberField
      widget={widget}
      value={value ?? ''}
      allowDecimal={schema.type !== 'integer'}
      onChange={(typed) => onChange(typedNumber(typed))}
    />
  )
}

/** Rate or unit price typed with a comma, kept as decimal text (`format: decimal`) so that no digit is lost. */
export function DecimalWidget(widget: WidgetProps) {
  const { value, onChange, schema } = widget
  const unit = (schema as Record<string, unknown>)['x-unite']
  return (
    <NumberField
      widget={widget}
      value={typeof value === 'string' ? value : ''}
      decimalScale={6}
      decimalSeparator=","
      allowedDecimalSeparators={[',', '.']}
      suffix={typeof unit === 'string' ? `${NBSP}${unit}` : undefined}
      onChange={(typed) => onChange(typed === '' ? undefined : String(typed))}
    />
  )
}
