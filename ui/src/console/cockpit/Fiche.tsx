import { Button } from '@mantine/core'
import type { DemarcheView } from '@shared/api/types'
import { Card } from '@shared/components/Card'
import { fieldText, singleAnswers } from '@shared/demarche/reponses'
import classes from './Fiche.module.css'
import type { CockpitDialog } from './dialogs'
import { can, underWay } from './droits'

/** Contextual data of the démarche, form by form; sensitive answers come masked from the server (DOS-11). */
export function Fiche({ demarche, onDialog }: { demarche: DemarcheView; onDialog: (dialog: CockpitDialog) => void }) {
  const changeable = new Set(demarche.dates_cles.map(({ champ }) => champ))
  const working = underWay(demarche) && can(demarche, 'demarche.piloter')
  const firm = new Set(demarche.equipe.filter(({ side }) => side === 'cabinet').map(({ role }) => role))
  /** The étape under way that asked the firm for a form already filled: it may be filled again, a simulation above all (CRE-11). */
  const again = (nom: string) =>
    underWay(demarche) && can(demarche, 'formulaire.remplir')
      ? demarche.etapes.find(({ statut, formulaires }) => statut === 'en_cours' && formulaires.some((form) => form.nom === nom && form.fait && firm.has(form.pour)))
      : undefined
  return demarche.donnees.map(({ formulaire, titre, champs, corrigible }) => {
    const etape = again(formulaire)
    return (
      <Card key={formulaire}>
        <div className={classes.head}>
          <h2 className={classes.title}>{titre}</h2>
          {corrigible && can(demarche, 'demarche.commander') && <Button variant="default" size="xs" onClick={() => onDialog({ type: 'marquer', nom: formulaire })} aria-label={`Faire corriger : ${titre}`}>Faire corriger…</Button>}
          {etape && <Button variant="default" size="xs" onClick={() => onDialog({ type: 'formulaire', nom: formulaire, etape: etape.cle })} aria-label={`Modifier : ${titre}`}>Modifier…</Button>}
        </div>
        <dl className={classes.fields}>
          {singleAnswers(champs).map((field) => (
            <div key={field.champ}>
              <dt>{field.libelle}</dt>
              <dd>
                {fieldText(field)}
                {field.nature === 'sensible' && <span className="el-hors-vue"> (masqué)</span>}
                {working && changeable.has(field.champ) && (
                  <Button variant="subtle" size="compact-xs" onClick={() => onDialog({ type: 'date', champ: field.champ })} aria-label={`Changer : ${field.libelle}`}>Changer…</Button>
                )}
              </dd>
            </div>
          ))}
        </dl>
      </Card>
    )
  })
}
