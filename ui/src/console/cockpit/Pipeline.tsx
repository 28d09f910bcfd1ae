import { Link } from '@tanstack/react-router'
import { useId, useLayoutEffect, useRef } from 'react'
import type { CollectionView, LigneView } from '@shared/api/types'
import { Card, Section } from '@shared/components/Card'
import { ProgressBar } from '@shared/components/Progress'
import { StatusBadge } from '@shared/components/StatusBadge'
import { valueOf, valueText } from '@shared/collections/values'
import { toneOfColour } from '@shared/statuses'
import classes from './Pipeline.module.css'

interface Colonne {
  cle: string
  libelle: string
  couleur: string
  lignes: LigneView[]
}

/** The board of the démarches that the lines of a collection opened, by status: one card for each bank (SOU-06). */
export function Pipeline({ collection }: { collection: CollectionView }) {
  const board = useRef<HTMLDivElement>(null)
  // It opens on the first column that holds a card: banks that have answered are far to the right.
  useLayoutEffect(() => {
    const first = board.current?.querySelector('li')?.closest('section')
    if (board.current && first) board.current.scrollLeft = first.offsetLeft - 12
  }, [])
  return (
    <Section titre={`Pipeline : ${collection.libelle}`}>
      <Card nue>
        {/* Reached by the keyboard too: it scrolls. */}
        <div ref={board} className={classes.board} role="group" aria-label={`Pipeline : ${collection.libelle}`} tabIndex={0}>
          {columnsOf(collection).map((colonne) => <Column key={colonne.cle} colonne={colonne} collection={collection} />)}
        </div>
      </Card>
    </Section>
  )
}

/** Every status of the child's modèle, then what is in none of them: not opened yet, never opened, given up. */
function columnsOf({ lignes, suivi }: CollectionView): Colonne[] {
  const known = suivi.map(({ cle, libelle, couleur }) => ({
    cle,
    libelle: libelle ?? cle,
    couleur: couleur ?? 'gris',
    lignes: lignes.filter(({ enfant }) => enfant?.statut === cle && enfant.cycle !== 'annulee'),
  }))
  const placed = new Set(known.flatMap((colonne) => colonne.lignes))
  const rest = lignes.filter((ligne) => !placed.has(ligne))
  const waiting = rest.filter(({ enfant }) => enfant === null)
  const failed = rest.filter(({ enfant }) => enfant !== null && enfant.motif !== null)
  const given = rest.filter(({ enfant }) => enfant !== null && enfant.motif === null)
  return [
    ...(waiting.length > 0 ? [{ cle: '_sans', libelle: 'Pas encore ouverte', couleur: 'gris', lignes: waiting }] : []),
    ...(failed.length > 0 ? [{ cle: '_refus', libelle: 'N’a pas pu s’ouvrir', couleur: 'rouge', lignes: failed }] : []),
    ...known,
    ...(given.length > 0 ? [{ cle: '_close', libelle: 'Abandonnée', couleur: 'gris', lignes: given }] : []),
  ]
}

function Column({ colonne, collection }: { colonne: Colonne; collection: CollectionView }) {
  const titre = useId()
  return (
    <section className={classes.column} aria-labelledby={titre} data-ton={toneOfColour(colonne.couleur)}>
      <h3 id={titre}>{colonne.libelle} <span className={classes.n}>{colonne.lignes.length}</span></h3>
      {colonne.lignes.length > 0 && (
        <ul>{colonne.lignes.map((ligne) => <li key={ligne.id} className={classes.card}><Carte ligne={ligne} collection={collection} /></li>)}</ul>
      )}
    </section>
  )
}

/** The name of the line leads to its démarche; under it, the columns of the line that say something. */
function Carte({ ligne, collection }: { ligne: LigneView; collection: CollectionView }) {
  const said = collection.colonnes
    .filter(({ cle }) => valueOf(ligne, cle) !== undefined && valueOf(ligne, cle) !== ligne.nom)
    .map(({ cle, libelle, format, choix }) => ({ cle, libelle, texte: valueText(format, valueOf(ligne, cle), choix) }))
  return (
    <>
      {ligne.enfant && ligne.enfant.motif === null ? <Link to="/demarches/$id" params={{ id: ligne.enfant.demarche_id } as never} className={classes.title}>{ligne.nom}</Link> : <strong>{ligne.nom}</strong>}
      {ligne.enfant?.suite && <p><StatusBadge objet="demarche" cle={ligne.enfant.suite.cle} perso={ligne.enfant.suite} court /></p>}
      {said.length > 0 && <dl>{said.map(({ cle, libelle, texte }) => <div key={cle}><dt>{libelle}</dt><dd>{texte}</dd></div>)}</dl>}
      {ligne.enfant?.motif && <p className={classes.motif}>{ligne.enfant.motif}</p>}
      {ligne.enfant && ligne.enfant.motif === null && <ProgressBar part={ligne.enfant.progression / 100} nom={`Avancement : ${ligne.nom}`} />}
    </>
  )
}
