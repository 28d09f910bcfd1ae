import { useQuery } from '@tanstack/react-query'
import { ApiError } from '../api/http'
import { EmptyState, ErrorState, SkeletonRows } from '../components/States'
import { cells, decoded } from './text'
import classes from './Viewer.module.css'

/** Bytes read, and lines of a table shown: beyond, the file is downloaded. */
const MOST = 1_000_000
const LINES = 500

interface Props {
  url: string
  nom: string
  taille: number
  tableau: boolean
  zoom: number
}

/** A text, or a table of text (CSV): never run, whatever it says. */
export default function TextPages({ url, nom, taille, tableau, zoom }: Props) {
  const { data, error, refetch } = useQuery({
    queryKey: ['texte', url],
    queryFn: async ({ signal }) => {
      const answer = await fetch(url, { headers: { Range: `bytes=0-${MOST - 1}` }, signal, credentials: 'same-origin' })
      if (!answer.ok) throw new ApiError(answer.status, (await answer.json()) as ConstructorParameters<typeof ApiError>[1])
      return decoded(await answer.arrayBuffer())
    },
    staleTime: Infinity,
  })
  if (data === undefined) {
    return <div className={classes.ground}>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={8} hauteur={24} />}</div>
  }
  const table = tableau ? cells(data, LINES) : null
  const cut = taille > MOST || table?.reste
  const [head, ...rows] = table?.lignes ?? []
  return (
    <div className={classes.ground} tabIndex={0} role="group" aria-label={`Aperçu de ${nom}`}>
      <div className={classes.sheet} style={{ fontSize: `${zoom * 14}px` }}>
        {data.trim() === '' ? <EmptyState>Ce fichier ne contient aucun texte.</EmptyState>
          : head ? (
            <table>
              <thead><tr>{head.map((cell, at) => <th key={at} scope="col">{cell}</th>)}</tr></thead>
              <tbody>{rows.map((row, line) => <tr key={line}>{row.map((cell, at) => <td key={at}>{cell}</td>)}</tr>)}</tbody>
            </table>
          ) : <pre>{data}</pre>}
        {cut && <p className={classes.cut}>Seul le début est affiché. <a href={`${url}?telecharger=1`} download={nom}>Télécharger tout le fichier</a></p>}
      </div>
    </div>
  )
}
