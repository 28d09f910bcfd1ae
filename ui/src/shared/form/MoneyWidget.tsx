import { NumberInput } from '@mantine/core'
import type { WidgetProps } from '@rjsf/utils'
import { NBSP } from '../format'

/** Amount typed in euros, kept in integer cents (`x-monnaie`). */
export function MoneyWidget({ id, value, label, hideLabel, required, disabled, readonly, placeholder, rawErrors, onChange, onBlur, schema }: WidgetProps) {
  return (
    <NumberInput
      id={id}
      label={hideLabel ? undefined : label}
      description={schema.description}
      required={required}
      disabled={Boolean(disabled || readonly)}
      placeholder={placeholder}
      value={typeof value === 'number' ? value / 100 : (value ?? '')}
      decimalScale={2}
      fixedDecimalScale
      allowNegative={false}
      suffix={`${NBSP}€`}
      styles={{ wrapper: { maxWidth: 220 } }}
      error={rawErrors?.[0]}
      onChange={(euros) => onChange(euros === '' ? undefined : Math.round(Number(euros) * 100))}
      onBlur={() => onBlur(id, value)}
    />
  )
}
