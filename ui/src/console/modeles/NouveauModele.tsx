import { Autocomplete, Button, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { call, messageOf } from '@shared/api/http'
import { Dialog } from '@shared/components/Dialog'
import { categories } from './categories'
import { cleDe } from './lecture'
import classes from './Auteur.module.css'

const cleDeCategorie = (libelle: string): string => Object.keys(categories).find((cle) => cle === libelle || categories[cle] === libelle) ?? cleDe(libelle, [])

/** « Nouveau modèle »: its name and where it stands; the rest is on the next screen. */
export function NouveauModele({ ouvert, onClose, connus }: { ouvert: boolean; onClose: () => void; connus: string[] }) {
  const navigate = useNavigate()
  const [titre, setTitre] = useState('')
  const [categorie, setCategorie] = useState(categories.conseil ?? '')
  const [reference, setReference] = useState('')
  const [echec, setEchec] = useState<string | null>(null)
  const ready = titre.trim() !== '' && categorie.trim() !== '' && /^[A-Z]{2,5}$/.test(reference)
  const create = async (): Promise<void> => {
    setEchec(null)
    const cle = cleDe(titre, connus)
    try {
      await call('POST', '/api/modeles', { body: { cle, titre: titre.trim(), categorie: cleDeCategorie(categorie.trim()), reference } })
      await navigate({ to: `/modeles/${cle}/modifier` })
    } catch (error) {
      setEchec(messageOf(error))
    }
  }
  return (
    <Dialog opened={ouvert} onClose={onClose} title="Nouveau modèle">
      <form className={classes.nouveau} onSubmit={(event) => { event.preventDefault(); if (ready) void create() }}>
        <TextInput label="Nom" placeholder="Audit organisationnel" data-autofocus value={titre} onChange={(event) => setTitre(event.currentTarget.value)} />
        <Autocomplete label="Catégorie" description="Une section de la liste des modèles : une de celles-ci, ou une nouvelle." data={Object.values(categories)} value={categorie} onChange={setCategorie} />
        <TextInput label="Préfixe des références" description="2 à 5 majuscules : AUD donne AUD-2026-0001." value={reference} onChange={(event) => setReference(event.currentTarget.value.toUpperCase())} />
        {echec && <p role="alert" className={classes.erreur}>{echec}</p>}
        <Button type="submit" disabled={!ready}>Créer le brouillon</Button>
      </form>
    </Dialog>
  )
}
