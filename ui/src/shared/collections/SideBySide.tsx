import classes from './Collections.module.css'

interface Props {
  titre: string
  legende: string
  /** What is compared: its name, and a mention above it. */
  colonnes: { id: string; mention: string; nom: string }[]
  /** One criterion a line, its values in the order of the columns. */
  lignes: { libelle: string; valeurs: string[]; forte?: boolean | undefined }[]
}

/** What is to be compared side by side, a criterion a line: it scrolls in itself when it is too wide. */
export function SideBySide({ titre, legende, colonnes, lignes }: Props) {
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={titre}>
      <table className={classes.compare}>
        <caption className="el-hors-vue">{legende}</caption>
        <thead>
          <tr>
            <th scope="col"><span className="el-hors-vue">Critère</span></th>
            {colonnes.map(({ id, mention, nom }) => <th key={id} scope="col">{mention}<strong>{nom}</strong></th>)}
          </tr>
        </thead>
        <tbody>
          {lignes.map(({ libelle, valeurs, forte }) => (
            <tr key={libelle} data-forte={forte || undefined}>
              <th scope="row">{libelle}</th>
              {valeurs.map((valeur, index) => <td key={colonnes[index]?.id}>{valeur}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
