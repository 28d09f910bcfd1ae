import { TextInput } from '@mantine/core'
import { DateInput } from '@mantine/dates'
import 'dayjs/locale/fr'
import '@mantine/dates/styles.layer.css'
import dayjs from 'dayjs'
import customParseFormat from 'dayjs/plugin/customParseFormat'
import { useState } from 'react'
import classes from './DateField.module.css'

dayjs.extend(customParseFormat)

interface Props {
  label: string
  /** Civil date, `AAAA-MM-JJ`. */
  value: string | null
  onChange: (value: string | null) => void
  error?: string | undefined
  description?: string
  required?: boolean
  min?: string
  /** Inside a panel that closes when something outside of it is touched. */
  surPlace?: boolean
}

/** A civil date, typed or picked, in French. */
export function DateField({ label, value, onChange, error, description, required = false, min, surPlace = false }: Props) {
  return (
    <DateInput
      label={label}
      value={value}
      onChange={onChange}
      valueFormat="DD/MM/YYYY"
      dateParser={(text) => {
        const read = dayjs(text.trim(), ['DD/MM/YYYY', 'D/M/YYYY', 'DD/MM/YY', 'DDMMYYYY'], 'fr', true)
        return read.isValid() ? read.format('YYYY-MM-DD') : null
      }}
      locale="fr"
      firstDayOfWeek={1}
      placeholder="JJ/MM/AAAA"
      clearable={!required}
      clearButtonProps={{ 'aria-label': 'Effacer la date' }}
      required={required}
      error={error}
      description={description}
      {...(min ? { minDate: min } : {})}
      {...(surPlace ? { popoverProps: { withinPortal: false } } : {})}
    />
  )
}

/** « 9 », « 9h30 », « 0930 », « 9:30 » → « 09:30 »; null when it is not an hour. */
function readHour(text: string): string | null {
  const read = text.trim().match(/^(\d{1,2})\s*[h:.]?\s*(\d{2})?$/i)
  const [h, m] = [Number(read?.[1] ?? NaN), Number(read?.[2] ?? 0)]
  return h <= 23 && m <= 59 ? `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}` : null
}

/** An hour of the day, typed; the browser's own field would follow its language, not ours. */
function HourField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value)
  return (
    <TextInput
      label="Heure"
      inputMode="numeric"
      placeholder="HH:MM"
      maxLength={5}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value)
        const hour = readHour(event.currentTarget.value)
        if (hour) onChange(hour)
      }}
      onBlur={() => setText(readHour(text) ?? value)}
    />
  )
}

interface WithHourProps extends Omit<Props, 'value' | 'onChange'> {
  date: string | null
  heure: string
  onDate: (value: string | null) => void
  onHeure: (value: string) => void
}

/** A due date with its hour, Europe/Paris. */
export function DueField({ date, heure, onDate, onHeure, ...rest }: WithHourProps) {
  return (
    <div className={classes.due}>
      <DateField {...rest} value={date} onChange={onDate} />
      <HourField value={heure} onChange={onHeure} />
    </div>
  )
}
