import { useEffect, useState } from 'react'
import { EmptyState, SkeletonRows } from '../components/States'
import { useBytes } from './archive'
import { type Feuille, feuilles } from './classeur'
import { Unreadable } from './Unreadable'
import classes from './Viewer.module.css'

interface Props {
  url: string
  nom: string
  taille: number
  zoom: number
}

/** Sheets of an Excel workbook, one at a time: values only, nothing of it is run. */
export default function ClasseurPages({ url, nom, taille, zoom }: Props) {
  const { data, error, refetch, lisible } = useBytes(url, taille)
  const [read, setRead] = useState<Feuille[] | 'impossible' | null>(null)
  const [rang, setRang] = useState(0)
  useEffect(() => {
    let left = false
    if (data) feuilles(data).then((found) => left || setRead(found), () => left || setRead('impossible'))
    return () => {
      left = true
    }
  }, [data])

  if (!lisible || error || read === 'impossible') return <Unreadable url={url} nom={nom} error={error} onRetry={() => void refetch()} />
  const shown = read?.[rang]
  return (
    <>
      <div className={classes.ground} tabIndex={0} role="group" aria-label={`Aperçu de ${nom}`}>
        {!read ? <SkeletonRows lignes={8} hauteur={24} /> : !shown || shown.lignes.length === 0 ? <EmptyState>Cette feuille est vide.</EmptyState> : (
          <div className={classes.grid} style={{ fontSize: `${zoom * 13}px` }}>
            <Table feuille={shown} />
            {shown.reste && <p className={classes.cut}>Seul le début est affiché. <a href={`${url}?telecharger=1`} download={nom}>Télécharger tout le fichier</a></p>}
          </div>
        )}
      </div>
      {read && read.length > 1 && (
        <div className={classes.sheets} role="group" aria-label="Feuilles">
          {read.map((each, at) => <button key={each.nom} type="button" aria-pressed={at === rang} onClick={() => setRang(at)}>{each.nom}</button>)}
        </div>
      )}
    </>
  )
}

function Table({ feuille: { nom, colonnes, lignes } }: { feuille: Feuille }) {
  return (
    <table aria-label={nom}>
      <thead><tr><td />{colonnes.map(({ rang, lettres }) => <th key={rang} scope="col">{lettres}</th>)}</tr></thead>
      <tbody>
        {lignes.map(({ numero, cellules }) => (
          <tr key={numero}>
            <th scope="row">{numero}</th>
            {colonnes.map(({ rang }) => {
              const cell = cellules.get(rang)
              if (cell?.lignes === 0) return null
              const kind = [cell?.nombre && classes.number, cell?.gras && classes.bold].filter(Boolean).join(' ')
              return <td key={rang} colSpan={cell && colonnes.filter((each) => each.rang >= rang && each.rang < rang + cell.colonnes).length} rowSpan={cell?.lignes} className={kind || undefined}>{cell?.texte}</td>
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
