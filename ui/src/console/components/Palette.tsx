import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Icon } from '@tabler/icons-react'
import { IconFileCheck, IconInbox, IconKeyboard, IconLogout, IconPlus, IconRoute, IconSearch, IconTemplate, IconUser, IconUsers } from '@tabler/icons-react'
import { type KeyboardEvent, useMemo, useState } from 'react'
import { demarchesQuery } from '@shared/api/queries'
import { may, useLogout, useMoi } from '@shared/api/session'
import { Dialog } from '@shared/components/Dialog'
import { KeyCap } from '@shared/components/KeyCap'
import { STROKE } from '@shared/icons'
import { tiersQuery } from '../api/queries'
import classes from './Palette.module.css'

interface Choice {
  cle: string
  groupe: 'Démarches' | 'Clients' | 'Actions'
  titre: string
  detail?: string
  icone: Icon
  touche?: string
  run: () => void
}

const plain = (text: string): string => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase()

/** Ctrl K: démarches, clients and actions from the keyboard. */
export default function Palette({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }) {
  const navigate = useNavigate()
  const mayOpen = may(useMoi(), 'demarche.ouvrir')
  const logout = useLogout()
  const [text, setText] = useState('')
  const [asked] = useDebouncedValue(text.trim(), 180)
  const [at, setAt] = useState(0)
  const demarches = useQuery({ ...demarchesQuery({ q: asked, etat: 'toutes', taille: 7 }), enabled: asked.length > 1 })
  const clients = useQuery({ ...tiersQuery(asked, 0, 5), enabled: asked.length > 1 })

  const choices = useMemo<Choice[]>(() => {
    const go = (to: string, search?: Record<string, string>) => (): void => void navigate({ to, ...(search ? { search: search as never } : {}) })
    const actions: Choice[] = [
      { cle: 'nouvelle', groupe: 'Actions', titre: 'Nouvelle démarche', icone: IconPlus, touche: 'N', run: go('/nouvelle') },
      { cle: 'file', groupe: 'Actions', titre: 'Aller à : À traiter', icone: IconInbox, run: go('/') },
      { cle: 'demarches', groupe: 'Actions', titre: 'Aller à : Démarches', icone: IconRoute, run: go('/demarches') },
      { cle: 'retard', groupe: 'Actions', titre: 'Démarches au tour du client', icone: IconRoute, run: go('/demarches', { turn: 'client' }) },
      { cle: 'pieces', groupe: 'Actions', titre: 'Valider les pièces à la suite', icone: IconFileCheck, touche: 'P', run: go('/pieces') },
      { cle: 'clients', groupe: 'Actions', titre: 'Aller à : Clients et tiers', icone: IconUsers, run: go('/clients') },
      { cle: 'modeles', groupe: 'Actions', titre: 'Aller à : Modèles', icone: IconTemplate, run: go('/modeles') },
      { cle: 'profil', groupe: 'Actions', titre: 'Mon profil', icone: IconUser, run: go('/profil') },
      { cle: 'aide', groupe: 'Actions', titre: 'Raccourcis clavier', icone: IconKeyboard, touche: '?', run: onHelp },
      { cle: 'sortie', groupe: 'Actions', titre: 'Se déconnecter', icone: IconLogout, run: () => void logout() },
    ]
    const words = plain(text.trim()).split(/\s+/).filter(Boolean)
    const found = actions.filter(({ cle, titre }) => (mayOpen || cle !== 'nouvelle') && words.every((word) => plain(titre).includes(word)))
    if (asked.length < 2) return found
    return [
      ...(demarches.data?.items ?? []).map((line): Choice => ({ cle: line.id, groupe: 'Démarches', titre: line.titre, detail: `${line.reference} · ${line.client_nom}`, icone: IconRoute, run: go(`/demarches/${line.id}`) })),
      ...(clients.data?.items ?? []).map((tiers): Choice => ({ cle: tiers.id, groupe: 'Clients', titre: tiers.nom, detail: 'Ses démarches', icone: IconUsers, run: go('/demarches', { client: tiers.id, etat: 'toutes' }) })),
      ...found,
    ]
  }, [asked, text, demarches.data, clients.data, navigate, logout, onHelp, mayOpen])
  const active = Math.min(at, Math.max(0, choices.length - 1))

  const pick = (choice: Choice | undefined): void => {
    if (!choice) return
    onClose()
    choice.run()
  }
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const next = (active + (event.key === 'ArrowDown' ? 1 : -1) + choices.length) % Math.max(1, choices.length)
      setAt(next)
      document.getElementById(`palette-${next}`)?.scrollIntoView({ block: 'nearest' })
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      pick(choices[active])
    }
  }
  const busy = demarches.isFetching || clients.isFetching || text.trim() !== asked
  return (
    <Dialog opened onClose={onClose} withCloseButton={false} title="Rechercher ou lancer" classNames={{ header: 'el-hors-vue' }} padding={0} size={600} yOffset="12vh" centered={false}>
      <div className={classes.field}>
        <IconSearch size={18} stroke={STROKE} aria-hidden />
        <input
          role="combobox"
          aria-label="Rechercher une démarche, un client, une action"
          aria-expanded="true"
          aria-controls="palette-liste"
          aria-activedescendant={choices.length > 0 ? `palette-${active}` : undefined}
          placeholder="Rechercher une démarche, un client, une action…"
          value={text}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          onChange={(event) => {
            setText(event.currentTarget.value)
            setAt(0)
          }}
          onKeyDown={press}
        />
        <KeyCap>Échap</KeyCap>
      </div>
      <div id="palette-liste" role="listbox" aria-label="Résultats" className={classes.list}>
        {choices.map((choice, index) => {
          const IconOf = choice.icone
          return (
            <div key={choice.groupe + choice.cle} role="presentation">
              {choice.groupe !== choices[index - 1]?.groupe && <p className={classes.group} role="presentation">{choice.groupe}</p>}
              <div id={`palette-${index}`} role="option" aria-selected={index === active} className={classes.option} onMouseMove={() => setAt(index)} onClick={() => pick(choice)}>
                <IconOf size={17} stroke={STROKE} aria-hidden />
                <span className={classes.text}><strong>{choice.titre}</strong>{choice.detail && <span>{choice.detail}</span>}</span>
                {choice.touche && <KeyCap>{choice.touche}</KeyCap>}
              </div>
            </div>
          )
        })}
        {choices.length === 0 && <p className={classes.none}>{busy ? 'Recherche…' : `Rien pour « ${text.trim()} ».`}</p>}
      </div>
      <p className="el-hors-vue" role="status">{busy ? '' : `${choices.length} résultats`}</p>
    </Dialog>
  )
}
