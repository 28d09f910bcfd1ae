import { Button, FileButton } from '@mantine/core'
import { IconFileImport, IconHistory, IconRestore } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { messageOf } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Card } from '@shared/components/Card'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import { SkeletonRows } from '@shared/components/States'
import { NBSP, shortDate, spokenHour } from '@shared/format'
import { STROKE } from '@shared/icons'
import { toastDone } from '../components/toasts'
import type { Crumb } from '../components/Shell'
import { Constats } from './Constats'
import { type DroitDeReglage, Reglages } from './Reglages'
import classes from './Reglages.module.css'
import type { Apercu, Atelier } from './useAtelier'
import { Variables } from './Variables'
import { type Version, Versions } from './Versions'

const Editeur = lazy(() => import('../modeles/Editeur'))

interface Modele {
  version: number
  modifie: boolean
  updated_at: string | null
  updated_par: string | null
  echec: string | null
  echec_le: string | null
  variables: components['schemas']['VariableCourriel'][]
}

interface Props<T extends { corps: string }, M extends Modele, A extends Apercu, V extends Version> {
  modele: M
  atelier: Atelier<T, M, A>
  droit: DroitDeReglage
  titre: string
  suite: Crumb[]
  /** Name of the file that the editor believes to write: its language. */
  fichier: string
  mots: {
    origine: string
    /** What the original did when this text could not serve. */
    secours: string
    /** What is missing when nothing is written. */
    vide: string
    retour: string
    versions: string
  }
  importation: { libelle: string; nom: string; types: string; prendre: (page: string) => string | null }
  nommer: (each: V) => string
  remettre: (each: V) => Promise<M>
  /** Fields above the text, and what is chosen beside it. */
  entete?: ReactNode
  choix?: ReactNode
  /** The preview. */
  children: ReactNode
}

/** Rewriting a model: its text, what is wrong with it, what it gives, its former texts (NOT-05, PDF-04). */
export function AtelierModele<T extends { corps: string }, M extends Modele, A extends Apercu, V extends Version>(
  { modele, atelier, droit, titre, suite, fichier, mots, importation, nommer, remettre, entete, choix, children }: Props<T, M, A, V>,
) {
  const [insertion, setInsertion] = useState({ texte: '', rang: 0 })
  const [ligne, setLigne] = useState<number | null>(null)
  const [retour, setRetour] = useState(false)
  const [historique, setHistorique] = useState(false)
  const { texte, touched, vu, pret, refus, save } = atelier
  const fautes = vu?.constats ?? []
  return (
    <Reglages
      droit={droit}
      titre={titre}
      suite={suite}
      sousTitre={modele.modifie && modele.updated_at
        ? `Réécrit le ${shortDate(modele.updated_at)} à ${spokenHour(modele.updated_at)}${modele.updated_par ? ` par ${modele.updated_par}` : ''}`
        : mots.origine}
      actions={(
        <>
          <Button variant="default" leftSection={<IconHistory size={16} stroke={STROKE} />} onClick={() => setHistorique(true)}>Versions</Button>
          {modele.modifie && <Button variant="default" leftSection={<IconRestore size={16} stroke={STROKE} />} onClick={() => setRetour(true)}>Revenir à l’original</Button>}
          <FileButton accept={importation.types} onChange={(file) => void atelier.importer(file, importation.prendre)} inputProps={{ 'aria-label': importation.nom }}>
            {(props) => <Button {...props} variant="default" leftSection={<IconFileImport size={16} stroke={STROKE} />}>{importation.libelle}</Button>}
          </FileButton>
          <Button disabled={!touched || !pret || !vu?.enregistrable} loading={save.isPending} onClick={() => save.mutate()}>Enregistrer</Button>
        </>
      )}
    >
      {modele.echec && modele.echec_le && (
        <p className={classes.avis} role="alert">Ce texte n’a pas pu servir le {shortDate(modele.echec_le)} à {spokenHour(modele.echec_le)}{NBSP}: {mots.secours}. {modele.echec}</p>
      )}
      {(refus ?? save.error) && <p className={classes.erreur} role="alert">{refus ?? messageOf(save.error)}</p>}
      <div className={classes.atelier}>
        <Card>
          <div className={classes.pile}>
            {entete}
            {(choix || touched) && (
              <div className={classes.barre}>
                {choix}
                {touched && <Button variant="subtle" onClick={atelier.cancel}>Annuler mes changements</Button>}
              </div>
            )}
            <Suspense fallback={<SkeletonRows lignes={8} hauteur={20} />}>
              <Editeur
                key={fichier} fichier={fichier} texte={texte.corps} ligne={ligne} insertion={insertion}
                constats={fautes.filter((each) => each.champ === 'corps').map((each) => ({ ...each, fichier, colonne: 1, etape: null }))}
                onChange={atelier.write}
              />
            </Suspense>
            <Variables variables={modele.variables} onInsert={(nom) => setInsertion((before) => ({ texte: `{{ ${nom} }}`, rang: before.rang + 1 }))} />
          </div>
        </Card>
        <Card>
          <div className={classes.pile}>
            <Constats constats={fautes} vide={atelier.vide ? mots.vide : null} error={atelier.error} onLigne={(each) => { setLigne(null); setTimeout(() => setLigne(each)) }} />
            {children}
          </div>
        </Card>
      </div>
      {historique && (
        <Versions<V, M>
          adresse={atelier.adresse} cles={atelier.cles} titre={mots.versions} nommer={nommer} version={modele.version} remettre={remettre}
          onClose={() => setHistorique(false)}
          onBack={(seen) => {
            atelier.adopt(seen)
            toastDone(`Version remise${NBSP}: elle sert dès maintenant`)
          }}
        />
      )}
      <ConfirmDialog
        ouvert={retour} onClose={() => setRetour(false)} titre="Revenir à l’original" action="Revenir à l’original" danger
        onConfirm={async () => {
          atelier.adopt(await atelier.restore())
          toastDone('L’original sert de nouveau')
        }}
      >
        {mots.retour}
      </ConfirmDialog>
    </Reglages>
  )
}
