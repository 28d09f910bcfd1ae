import { ActionIcon, Popover, TextInput } from '@mantine/core'
import { DatePicker } from '@mantine/dates'
import type { WidgetProps } from '@rjsf/utils'
import { IconCalendarEvent } from '@tabler/icons-react'
import 'dayjs/locale/fr'
import '@mantine/dates/styles.layer.css'
import { useEffect, useState } from 'react'
import { STROKE } from '../icons'
import { parseFrenchDate, showFrenchDate } from './formats'

/** Adds the slashes while typing digits: « 12031990 » becomes « 12/03/1990 ». One typed after ours is the same. */
function withSlashes(typed: string, before: string): string {
  const text = typed.length > before.length ? typed.replace(/\/{2,}/g, '/') : typed
  if (text.length < before.length || !/^[\d/]*$/.test(text)) return text
  const digits = text.replace(/\D/g, '').slice(0, 8)
  if (text.includes('/') && !/^\d{2}\/(\d{2}\/)?\d*$/.test(text)) return text
  const parts = [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4)].filter(Boolean)
  return parts.join('/') + ((digits.length === 2 || digits.length === 4) ? '/' : '')
}

/**
 * Date typed as JJ/MM/AAAA, with a French calendar, Monday first. What cannot be read as a date stays as typed,
 * so that nothing is lost and the validator can say what is wrong.
 */
export function DateWidget({ id, value, label, hideLabel, required, disabled, readonly, rawErrors, options, onChange, onBlur, schema }: WidgetProps) {
  const [text, setText] = useState(showFrenchDate(String(value ?? '')))
  const [open, setOpen] = useState(false)

  // The value may change from outside (draft loaded): show it, unless it is what was just typed.
  useEffect(() => {
    setText((shown) => {
      const same = (parseFrenchDate(shown) ?? (shown || undefined)) === (value || undefined)
      return same ? shown : showFrenchDate(String(value ?? ''))
    })
  }, [value])

  const type = (next: string): void => {
    const shown = withSlashes(next, text)
    setText(shown)
    onChange(shown.trim() === '' ? undefined : (parseFrenchDate(shown) ?? shown))
  }
  const iso = parseFrenchDate(text)
  const off = Boolean(disabled || readonly)

  return (
    <TextInput
      id={id}
      label={hideLabel ? undefined : label}
      description={options.help ?? schema.description}
      required={required}
      disabled={off}
      value={text}
      placeholder="JJ/MM/AAAA"
      inputMode="numeric"
      autoComplete={typeof options.autocomplete === 'string' ? options.autocomplete : 'off'}
      maxLength={10}
      styles={{ wrapper: { maxWidth: 220 } }}
      error={rawErrors?.[0]}
      onChange={(event) => type(event.currentTarget.value)}
      onBlur={() => onBlur(id, value)}
      rightSection={
        <Popover opened={open} onChange={setOpen} position="bottom-end" shadow="md" withinPortal trapFocus>
          <Popover.Target>
            <ActionIcon aria-label="Ouvrir le calendrier" disabled={off} onClick={() => setOpen(!open)} size={36}>
              <IconCalendarEvent size={20} stroke={STROKE} />
            </ActionIcon>
          </Popover.Target>
          <Popover.Dropdown>
            <DatePicker
              locale="fr"
              firstDayOfWeek={1}
              value={iso}
              defaultDate={iso ?? undefined}
              onChange={(picked) => {
                setOpen(false)
                const day = picked ? String(picked).slice(0, 10) : undefined
                setText(day ? showFrenchDate(day) : '')
                onChange(day)
              }}
              ariaLabels={{
                nextMonth: 'Mois suivant',
                previousMonth: 'Mois précédent',
                nextYear: 'Année suivante',
                previousYear: 'Année précédente',
              }}
            />
          </Popover.Dropdown>
        </Popover>
      }
    />
  )
}
