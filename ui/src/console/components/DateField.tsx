import { TextInput } from '@mantine/core'
import { DateInput } from '@mantine/dates'
import 'dayjs/locale/fr'
import '@mantine/dates/styles.layer.css'
import dayjs from 'dayjs'
import customParseFormat from 'dayjs/plugin/customParseFormat'
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
}

/** A civil date, typed or picked, in French. */
export function DateField({ label, value, onChange, error, description, required = false, min }: Props) {
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
      required={required}
      error={error}
      description={description}
      {...(min ? { minDate: min } : {})}
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
      <TextInput type="time" label="Heure" value={heure} onChange={(event) => onHeure(event.currentTarget.value)} />
    </div>
  )
}
