import { ActionIcon, Button, Group, Select, Textarea, TextInput } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconChevronDown, IconPlus, IconTrash } from '@tabler/icons-react'
import { useEffect, useMemo, useState } from 'react'
import { Card } from '@shared/components/Card'
import { EmptyState } from '@shared/components/States'
import DynamicForm from '@shared/form/DynamicForm'
import { STROKE } from '@shared/icons'
import { toastNotice } from '../components/toasts'
import { aDesChoix, add, type ChampForm, champsDuFormulaire, change, enTexte, type Formulaire, type Genre, genres, move, OUI_NON, remove, vide } from './champsFormulaire'
import { Case } from './Champs'
import { type Brouillon, cleDe, type Noeud, noeud, type Operation, texte } from './lecture'
import classes from './Auteur.module.css'

interface Props {
  brouillon: Brouillon
  donnees: Noeud
  choisi: string | null
  onChoisir: (nom: string) => void
  onOperation: (...operations: Operation[]) => Promise<boolean>
}

const chemins = (nom: string): [string, string] => [`forms/${nom}.schema.json`, `forms/${nom}.ui.json`]

function lire(brouillon: Brouillon, nom: string): Formulaire | null {
  const [schema, ui] = chemins(nom)
  try {
    return { schema: noeud(JSON.parse(brouillon.fichiers[schema] ?? '')), ui: noeud(JSON.parse(brouillon.fichiers[ui] ?? '{}')) }
  } catch {
    return null
  }
}

const ecrire = (nom: string, form: Formulaire): Operation[] => {
  const [schema, ui] = chemins(nom)
  return [{ genre: 'fichier', fichier: schema, texte: enTexte(form.schema) }, { genre: 'fichier', fichier: ui, texte: enTexte(form.ui) }]
}

/** The forms of a modèle: their fields beside what the client will see (MOD-05, MOD-14). */
export function Formulaires({ brouillon, donnees, choisi, onChoisir, onOperation }: Props) {
  const [nouveau, setNouveau] = useState('')
  const named = [
    ...Object.entries(noeud(donnees.formulaires)).map(([alias, fichier]) => ({ value: alias, label: texte(lire(brouillon, texte(fichier))?.schema.title) || alias, fichier: texte(fichier) })),
    ...Object.entries(noeud(donnees.collections)).map(([cle, each]) => ({ value: `ligne:${cle}`, label: `${texte(noeud(each).libelle) || cle} (une ligne)`, fichier: texte(noeud(each).formulaire) })),
  ]
  const current = named.find((each) => each.value === choisi) ?? named[0]
  const form = useMemo(() => (current ? lire(brouillon, current.fichier) : null), [brouillon, current?.fichier])
  const creer = async (): Promise<void> => {
    const titre = nouveau.trim()
    if (!titre) return
    const alias = cleDe(titre, Object.keys(noeud(donnees.formulaires)))
    const fichier = `${brouillon.cle}_${alias}`
    if (await onOperation(...ecrire(fichier, vide(titre)), { genre: 'poser', chemin: ['formulaires', alias], valeur: fichier })) {
      setNouveau('')
      onChoisir(alias)
    }
  }
  return (
    <>
      <Card>
        <Group gap="xs" align="end">
          <Select className={classes.fichier} label="Formulaire" allowDeselect={false} data={named} value={current?.value ?? null} onChange={(value) => { if (value) onChoisir(value) }} />
          <TextInput className={classes.fichier} label="Nouveau formulaire" placeholder="Titre" value={nouveau} onChange={(event) => setNouveau(event.currentTarget.value)} />
          <Button variant="default" disabled={!nouveau.trim()} onClick={() => void creer()}>Créer</Button>
        </Group>
      </Card>
      {current && form
        ? <Edition key={current.value} fichier={current.fichier} form={form} onOperation={onOperation} />
        : <Card><EmptyState>{current ? 'Ce formulaire ne peut pas être lu : corrigez-le dans la vue « Source ».' : 'Ce modèle n’a pas encore de formulaire.'}</EmptyState></Card>}
    </>
  )
}

function Edition({ fichier, form: recorded, onOperation }: { fichier: string; form: Formulaire; onOperation: Props['onOperation'] }) {
  // A form is written whole: what is changed while an answer is awaited is changed on what was sent, else it would undo it.
  const [sent, setSent] = useState<Formulaire | null>(null)
  const form = sent ?? recorded
  const [open, setOpen] = useState<string | null>(null)
  const [titre, setTitre] = useState('')
  const [genre, setGenre] = useState<Exclude<Genre, 'autre'>>('texte')
  const champs = champsDuFormulaire(form)
  const write = (next: Formulaire): void => {
    setSent(next)
    void onOperation(...ecrire(fichier, next)).finally(() => setSent((last) => (last === next ? null : last)))
  }
  const append = (): void => {
    if (!titre.trim()) return
    const made = add(form, titre.trim(), genre)
    write(made.form)
    setOpen(made.cle)
    setTitre('')
  }
  return (
    <div className={classes.formulaire}>
      <Card>
        <h2 className={classes.sousTitre}>Champs <span className={classes.compte}>{champs.length}</span></h2>
        <ul>
          {champs.map((champ, index) => (
            <li key={champ.cle} className={classes.element}>
              <div className={classes.elementTete}>
                <button type="button" className={classes.elementNom} aria-expanded={open === champ.cle} onClick={() => setOpen(open === champ.cle ? null : champ.cle)}>
                  <IconChevronDown size={15} stroke={STROKE} aria-hidden data-ouvert={open === champ.cle || undefined} />
                  <span>{champ.titre}</span>
                  <small>{genres[champ.genre]}{champ.branche !== null && ', sous condition'}</small>
                </button>
                <ActionIcon variant="subtle" color="gray" aria-label={`Monter : ${champ.titre}`} disabled={index === 0} onClick={() => write(move(form, champ.cle, -1))}><IconArrowUp size={15} stroke={STROKE} /></ActionIcon>
                <ActionIcon variant="subtle" color="gray" aria-label={`Descendre : ${champ.titre}`} disabled={index === champs.length - 1} onClick={() => write(move(form, champ.cle, 1))}><IconArrowDown size={15} stroke={STROKE} /></ActionIcon>
                <ActionIcon variant="subtle" color="red" aria-label={`Supprimer : ${champ.titre}`} onClick={(event) => { focusBeside(event.currentTarget); write(remove(form, champ)) }}><IconTrash size={15} stroke={STROKE} /></ActionIcon>
              </div>
              {open === champ.cle && <UnChamp champ={champ} champs={champs} onChange={(next) => write(change(form, champ, next))} />}
            </li>
          ))}
        </ul>
        <form className={classes.ajout} onSubmit={(event) => { event.preventDefault(); append() }}>
          <TextInput label="Nouveau champ" placeholder="Titre" value={titre} onChange={(event) => setTitre(event.currentTarget.value)} />
          <Select
            label="Type" allowDeselect={false} value={genre}
            data={Object.entries(genres).filter(([value]) => value !== 'autre').map(([value, label]) => ({ value, label }))}
            onChange={(value) => { if (value) setGenre(value as Exclude<Genre, 'autre'>) }}
          />
          <Button type="submit" variant="default" disabled={!titre.trim()} leftSection={<IconPlus size={15} stroke={STROKE} />}>Ajouter</Button>
        </form>
      </Card>
      <Card>
        <h2 className={classes.sousTitre}>Ce que la personne verra</h2>
        {champs.length === 0 ? <EmptyState>Ajoutez un premier champ.</EmptyState> : (
          <DynamicForm
            key={enTexte(form.schema) + enTexte(form.ui)} schema={form.schema} uiSchema={form.ui}
            onSubmit={() => { toastNotice('C’est un aperçu : rien n’est envoyé.'); return Promise.resolve() }}
          />
        )}
      </Card>
    </div>
  )
}

/** The field beside one that goes has the focus. */
function focusBeside(button: HTMLElement): void {
  const row = button.closest('li')
  ;(row?.nextElementSibling ?? row?.previousElementSibling)?.querySelector('button')?.focus()
}

/** The settings of one field; each is written when it is left. */
function UnChamp({ champ, champs, onChange }: { champ: ChampForm; champs: ChampForm[]; onChange: (next: ChampForm) => void }) {
  const lines = champ.options.map((option) => (option.cle === option.libelle ? option.cle : `${option.cle} = ${option.libelle}`)).join('\n')
  const [titre, setTitre] = useState(champ.titre)
  const [aide, setAide] = useState(champ.aide)
  const [options, setOptions] = useState(lines)
  useEffect(() => setTitre(champ.titre), [champ.titre])
  useEffect(() => setAide(champ.aide), [champ.aide])
  useEffect(() => setOptions(lines), [lines])
  const sources = champs.filter((each) => each.cle !== champ.cle && each.branche === null && (each.genre === 'choix' || each.genre === 'ouinon'))
  const source = sources.find((each) => each.cle === champ.si?.champ)
  const valeurs = source?.genre === 'ouinon' ? [{ value: 'true', label: 'Oui' }, { value: 'false', label: 'Non' }] : (source?.options ?? []).map((option) => ({ value: option.cle, label: option.libelle }))
  // A condition written by hand is more than these two lists say.
  const parMain = champ.branche !== null && champ.si === null
  const commitOptions = (): void => {
    if (options === lines) return
    const found = options.split('\n').map((line) => line.trim()).filter(Boolean)
    const taken: string[] = []
    const next = found.map((line) => {
      const [left = '', ...right] = line.split('=')
      const libelle = right.join('=').trim() || left.trim()
      const cle = right.length > 0 ? left.trim() : cleDe(left, taken)
      taken.push(cle)
      return { cle, libelle }
    })
    if (next.length > 0) onChange({ ...champ, options: next })
  }
  return (
    <div className={classes.champs}>
      <TextInput label="Question" value={titre} onChange={(event) => setTitre(event.currentTarget.value)} onBlur={() => { if (titre.trim() && titre.trim() !== champ.titre) onChange({ ...champ, titre: titre.trim() }) }} />
      <Select
        label="Type" allowDeselect={false} value={champ.genre} disabled={champ.genre === 'autre' || parMain}
        data={Object.entries(genres).filter(([value]) => value !== 'autre' || champ.genre === 'autre').map(([value, label]) => ({ value, label }))}
        onChange={(value) => {
          if (!value || value === champ.genre) return
          const choices = aDesChoix(value as Genre) && champ.options.length === 0 ? OUI_NON : champ.options
          onChange({ ...champ, genre: value as Genre, options: choices })
        }}
      />
      <div data-large><TextInput label="Aide" value={aide} onChange={(event) => setAide(event.currentTarget.value)} onBlur={() => { if (aide.trim() !== champ.aide) onChange({ ...champ, aide: aide.trim() }) }} /></div>
      {aDesChoix(champ.genre) && (
        <div data-large><Textarea label="Choix, un par ligne" description="« cdi = Contrat à durée indéterminée » : le code, puis ce qui est affiché." rows={2} value={options} onChange={(event) => setOptions(event.currentTarget.value)} onBlur={commitOptions} /></div>
      )}
      <Case libelle="Obligatoire" valeur={champ.requis} desactivee={parMain} onChange={(requis) => onChange({ ...champ, requis })} />
      {parMain ? <p className={classes.aide}>Sa condition est écrite dans la source.</p> : (
        <>
          <span />
          <Select
            label="Affiché si" placeholder="Toujours" clearable clearButtonProps={{ 'aria-label': 'Afficher toujours' }} value={champ.si?.champ ?? null}
            data={sources.map((each) => ({ value: each.cle, label: each.titre }))}
            onChange={(value) => {
              const picked = sources.find((each) => each.cle === value)
              onChange({ ...champ, si: picked ? { champ: picked.cle, valeur: picked.genre === 'ouinon' ? true : (picked.options[0]?.cle ?? '') } : null })
            }}
          />
          {champ.si && (
            <Select
              label="vaut" allowDeselect={false} data={valeurs} value={String(champ.si.valeur)}
              onChange={(value) => { if (value && champ.si) onChange({ ...champ, si: { champ: champ.si.champ, valeur: source?.genre === 'ouinon' ? value === 'true' : value } }) }}
            />
          )}
        </>
      )}
    </div>
  )
}
