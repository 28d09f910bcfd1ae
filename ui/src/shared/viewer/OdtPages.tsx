import { Fragment, type ReactNode, useEffect, useState } from 'react'
import { EmptyState, SkeletonRows } from '../components/States'
import { useBytes } from './archive'
import { type Morceau, type Texte, texte } from './texte'
import { Unreadable } from './Unreadable'
import classes from './Viewer.module.css'

interface Props {
  url: string
  nom: string
  taille: number
  zoom: number
}

/** An OpenDocument text, drawn by elements of ours: nothing of it can act, whatever it says. */
export default function OdtPages({ url, nom, taille, zoom }: Props) {
  const { data, error, refetch, lisible } = useBytes(url, taille)
  const [read, setRead] = useState<Texte | 'impossible' | null>(null)
  useEffect(() => {
    let left = false
    if (data) texte(data).then((found) => left || setRead(found), () => left || setRead('impossible'))
    return () => {
      left = true
    }
  }, [data])

  if (!lisible || error || read === 'impossible') return <Unreadable url={url} nom={nom} error={error} onRetry={() => void refetch()} />
  return (
    <div className={classes.ground} tabIndex={0} role="group" aria-label={`Aperçu de ${nom}`}>
      {read ? (
        <div className={`${classes.sheet} ${classes.prose}`} style={{ fontSize: `${zoom * 15}px` }}>
          {read.morceaux.length > 0 ? <Morceaux de={read.morceaux} /> : <EmptyState>Ce document ne contient aucun texte.</EmptyState>}
          {read.reste && <p className={classes.cut}>Seul le début est affiché. <a href={`${url}?telecharger=1`} download={nom}>Télécharger tout le fichier</a></p>}
        </div>
      ) : <SkeletonRows lignes={8} hauteur={24} />}
    </div>
  )
}

function Morceaux({ de }: { de: Morceau[] }): ReactNode {
  return de.map((each, rang) => <Fragment key={rang}>{drawn(each)}</Fragment>)
}

function drawn(each: Morceau): ReactNode {
  if (typeof each === 'string') return each
  const inside = each.contenu.length > 0 ? <Morceaux de={each.contenu} /> : null
  const style = {
    ...(each.gras !== undefined && { fontWeight: each.gras ? 700 : 400 }),
    ...(each.italique && { fontStyle: 'italic' }),
    ...(each.souligne && { textDecoration: 'underline' }),
    ...(each.alignement && { textAlign: each.alignement }),
  }
  const page = each.nouvellePage && <hr aria-label="Nouvelle page" />
  switch (each.genre) {
    case 'titre': {
      // Titles of the screen come before those of the document.
      const Titre = `h${Math.min(6, (each.niveau ?? 1) + 2)}` as 'h3'
      return <>{page}<Titre style={style} data-niveau={each.niveau}>{inside}</Titre></>
    }
    case 'paragraphe': return <>{page}<p style={style}>{inside ?? <br />}</p></>
    case 'mots': return <span style={style}>{inside}</span>
    case 'retour': return <br />
    case 'lien': return <a href={each.adresse} target="_blank" rel="noopener noreferrer">{inside}</a>
    case 'image': return <img src={each.adresse} alt="" />
    case 'note': return <sup>{inside}</sup>
    case 'notes': return <footer><ul>{inside}</ul></footer>
    case 'liste': return <ul>{inside}</ul>
    case 'liste-numerotee': return <ol>{inside}</ol>
    case 'point': return <li>{inside}</li>
    case 'tableau': return <table><tbody>{inside}</tbody></table>
    case 'ligne': return <tr>{inside}</tr>
    case 'cellule': return <td colSpan={each.colonnes} rowSpan={each.lignes}>{inside}</td>
  }
}
