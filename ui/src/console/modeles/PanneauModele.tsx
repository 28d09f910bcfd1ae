import { Champs } from './Champs'
import * as champsDe from './champsDe'
import { Elements } from './Elements'
import type { Noeud, Operation } from './lecture'
import { noeud, texte } from './lecture'
import classes from './Auteur.module.css'

interface Props {
  donnees: Noeud
  /** Models of documents of the folder. */
  documents: readonly string[]
  onOperation: (...operations: Operation[]) => Promise<boolean>
}

/** What the modèle is: its name, its clients, its price, its statuses and its roles. */
export function PanneauModele({ donnees, documents, onOperation }: Props) {
  return (
    <>
      <div className={classes.panneauTete}><h2>Le modèle</h2></div>
      <Champs champs={champsDe.modele} valeurs={donnees} chemin={[]} onOperation={onOperation} />
      <h3 className={classes.sousTitre}>Prix</h3>
      <Champs
        champs={[
          { cle: 'montant', libelle: 'Montant, en euros', type: 'montant' },
          { cle: 'mention', libelle: 'Mention', type: 'choix', options: [{ value: 'HT', label: 'HT' }, { value: 'TTC', label: 'TTC' }] },
          { cle: 'pack', libelle: 'Compris dans le pack', type: 'texte' },
        ]}
        valeurs={noeud(donnees.prix)}
        chemin={['prix']}
        onOperation={onOperation}
      />
      <Elements
        titre="Statuts" ajouter="Ajouter un statut" vide="Les statuts communs suffisent : « En cours », « En attente client », « Terminé »."
        chemin={['statuts']} valeur={donnees.statuts} base="statut" champs={champsDe.statut}
        nouveau={() => ({ libelle: 'Nouveau statut', couleur: 'gris' })} resume={(item) => texte(item.couleur)} onOperation={onOperation}
      />
      <Elements
        titre="Rôles" ajouter="Ajouter un rôle" vide="Aucun rôle." chemin={['roles']} valeur={donnees.roles} base="role" champs={champsDe.role}
        nouveau={() => ({ libelle: 'Nouveau rôle', cote: 'cabinet' })} resume={(item) => texte(item.cote)} onOperation={onOperation}
      />
      <Elements
        titre="Documents produits" ajouter="Ajouter un document" vide="Aucun. Un document ajouté ici peut être demandé à une tâche, ou produit par une automatisation."
        chemin={['documents']} valeur={donnees.documents} base="document" champs={champsDe.document(donnees, documents)}
        nouveau={() => ({ titre: 'Nouveau document', ...(documents[0] ? { modele: documents[0] } : {}) })} resume={(item) => texte(item.modele).replace('.html.j2', '')} onOperation={onOperation}
      />
      <p className={classes.aide}>
        Le reste s’écrit dans la vue « Source » : participants, collections, calculs, lectures, onglets, compteurs, colonnes du tableau, démarches par ligne. Le guide docs/modeles.md donne un exemple de chacun.
      </p>
    </>
  )
}
