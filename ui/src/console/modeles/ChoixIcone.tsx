import { Button, Input, Popover } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { type KeyboardEvent, useId, useState } from 'react'
import { byName, iconNamed, STROKE } from '@shared/icons'
import { iconNames } from '../components/iconNames'
import classes from './Auteur.module.css'

const names = Object.keys(byName).sort((one, other) => (iconNames[one] ?? one).localeCompare(iconNames[other] ?? other, 'fr'))
const COLUMNS = 8
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS }

interface Props {
  libelle: string
  valeur: string
  onChange: (valeur: string | undefined) => void
}

/** An icon chosen among its pictures: by a click, or with the arrows then Enter (MOD-03). */
export function ChoixIcone({ libelle, valeur, onChange }: Props) {
  const [ouvert, setOuvert] = useState(false)
  const id = useId()
  const Chosen = iconNamed(valeur)
  const choose = (name: string | undefined): void => {
    onChange(name)
    setOuvert(false)
  }
  const walk = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = STEPS[event.key]
    if (step === undefined) return
    event.preventDefault()
    const all = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('button')]
    all[all.indexOf(document.activeElement as HTMLButtonElement) + step]?.focus()
  }
  return (
    <Input.Wrapper label={libelle} labelElement="div" labelProps={{ id }}>
      <Popover opened={ouvert} onChange={setOuvert} position="bottom-start" shadow="md" trapFocus returnFocus>
        <Popover.Target>
          <Button
            variant="default" fullWidth justify="space-between" aria-haspopup="dialog"
            aria-label={`${libelle} : ${valeur ? (iconNames[valeur] ?? valeur) : 'par défaut'}`}
            rightSection={<IconChevronDown size={15} stroke={STROKE} aria-hidden />}
            onClick={() => setOuvert(!ouvert)}
          >
            <span className={classes.iconeChoisie}><Chosen size={17} stroke={STROKE} aria-hidden />{valeur ? (iconNames[valeur] ?? valeur) : 'Par défaut'}</span>
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label="Choisir une icône">
          <div role="radiogroup" aria-labelledby={id} className={classes.icones} onKeyDown={walk}>
            {names.map((name, rank) => {
              const Icon = iconNamed(name)
              const chosen = name === valeur
              // One of them takes the focus; the arrows go from there.
              const first = chosen || (!names.includes(valeur) && rank === 0)
              return (
                <button key={name} type="button" role="radio" aria-checked={chosen} aria-label={iconNames[name] ?? name} title={iconNames[name] ?? name} tabIndex={first ? 0 : -1} {...(first ? { 'data-autofocus': true } : {})} onClick={() => choose(name)}>
                  <Icon size={18} stroke={STROKE} aria-hidden />
                </button>
              )
            })}
          </div>
          {valeur && <Button variant="subtle" size="compact-sm" mt={6} onClick={() => choose(undefined)}>Icône par défaut</Button>}
        </Popover.Dropdown>
      </Popover>
    </Input.Wrapper>
  )
}
