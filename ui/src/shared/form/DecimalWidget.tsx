import { NumberInput } from '@mantine/core'
import type { WidgetProps } from '@rjsf/utils'
import { NBSP } from '../format'

/** Rate or unit price typed with a comma, kept as decimal text (`format: decimal`) so that no digit is lost. */
export function DecimalWidget({ id, value, label, hideLabel, required, disabled, readonly, placeholder, rawErrors, onChange, onBlur, schema }: WidgetProps) {
  const unit = (schema as Record<string, unknown>)['x-unite']
  return (
    <NumberInput
      id={id}
      label={hideLabel ? undefined : label}
      description={schema.description}
      required={required}
      disabled={Boolean(disabled || readonly)}
      placeholder={placeholder}
      value={typeof value === 'string' ? value : ''}
      decimalScale={6}
      decimalSeparator=","
      allowedDecimalSeparators={[',', '.']}
      allowNegative={false}
      suffix={typeof unit === 'string' ? `${NBSP}${unit}` : undefined}
      styles={{ wrapper: { maxWidth: 220 } }}
      error={rawErrors?.[0]}
      onChange={(typed) => onChange(typed === '' ? undefined : String(typed))}
      onBlur={() => onBlur(id, value)}
    />
  )
}
