import { TextInput } from '@mantine/core'
import type { WidgetProps } from '@rjsf/utils'

/** Hour typed as HH:MM; « 8h30 » and « 830 » are understood on leaving the field. */
export function TimeWidget({ id, value, label, hideLabel, required, disabled, readonly, placeholder, rawErrors, onChange, onBlur, schema }: WidgetProps) {
  const settle = (): void => {
    const match = /^\s*(\d{1,2})\s*[hH:.]?\s*(\d{2})?\s*$/.exec(String(value ?? ''))
    if (match) onChange(`${(match[1] ?? '').padStart(2, '0')}:${match[2] ?? '00'}`)
    onBlur(id, value)
  }
  return (
    <TextInput
      id={id}
      label={hideLabel ? undefined : label}
      description={schema.description}
      required={required}
      disabled={Boolean(disabled || readonly)}
      placeholder={placeholder ?? '08:30'}
      inputMode="numeric"
      maxLength={5}
      styles={{ wrapper: { maxWidth: 140 } }}
      value={String(value ?? '')}
      error={rawErrors?.[0]}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
      onBlur={settle}
    />
  )
}
