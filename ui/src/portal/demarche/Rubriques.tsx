import type { DemarcheView, OngletView } from '@shared/api/types'
import { valueText } from '@shared/collections/values'
import { Card, Section } from '@shared/components/Card'
import { fieldText, singleAnswers } from '@shared/demarche/reponses'
import classes from './Demarche.module.css'

/** What the modèle's tabs tell their reader in figures and answers: an offer, a decision, a legal limit (DOS-11, SIN-16). */
export default function Rubriques({ demarche }: { demarche: DemarcheView }) {
  return demarche.onglets.map((onglet) => <Rubrique key={onglet.cle} onglet={onglet} demarche={demarche} />)
}

function Rubrique({ onglet, demarche }: { onglet: OngletView; demarche: DemarcheView }) {
  const figures = onglet.calculs.filter(({ valeur }) => valeur !== null && valeur !== undefined)
  const donnees = demarche.donnees.filter(({ formulaire }) => onglet.formulaires.includes(formulaire))
  if (figures.length + donnees.length === 0) return null
  return (
    <Section titre={onglet.libelle}>
      {figures.length > 0 && (
        <Card>
          <dl className={classes.facts}>
            {figures.map(({ cle, libelle, valeur, format, unite }) => <div key={cle}><dt>{libelle}</dt><dd>{valueText(format, valeur, null, unite)}</dd></div>)}
          </dl>
        </Card>
      )}
      {donnees.map(({ formulaire, titre, champs }) => (
        <Card key={formulaire}>
          <h3 className={classes.rubrique}>{titre}</h3>
          <dl className={classes.facts}>
            {singleAnswers(champs).map((field) => (
              <div key={field.champ}>
                <dt>{field.libelle}</dt>
                <dd>{fieldText(field)}{field.nature === 'sensible' && <span className="el-hors-vue"> (masqué)</span>}</dd>
              </div>
            ))}
          </dl>
        </Card>
      ))}
    </Section>
  )
}
