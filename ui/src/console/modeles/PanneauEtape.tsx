import { Button, Tabs } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import { iconNamed, STROKE } from '@shared/icons'
import { Champs } from './Champs'
import * as champsDe from './champsDe'
import { Elements } from './Elements'
import { type EtapeLue, liste, type Noeud, noeud, type Operation, roleCabinet, texte } from './lecture'
import classes from './Auteur.module.css'

interface Props {
  etape: EtapeLue
  donnees: Noeud
  /** Étapes in all: the last one stays. */
  nombre: number
  onOperation: (...operations: Operation[]) => Promise<boolean>
  onFormulaire: (nom: string) => void
  onSupprimee: () => void
}

/** One étape: its essentials, then each sort of thing it holds. */
export function PanneauEtape({ etape, donnees, nombre, onOperation, onFormulaire, onSupprimee }: Props) {
  const [suppression, setSuppression] = useState(false)
  const Icone = iconNamed(texte(etape.noeud.icone))
  const pour = roleCabinet(donnees)
  const operate = (...operations: Operation[]): void => void onOperation(...operations)
  const onglets = [
    { cle: 'taches', libelle: 'Tâches', titre: 'Tâches', ajouter: 'Ajouter une tâche', vide: 'Aucune tâche.', base: 'tache', champs: champsDe.tache(donnees), nouveau: (cle: string) => ({ cle, titre: 'Nouvelle tâche', pour }), resume: (item: Noeud) => texte(item.echeance) },
    { cle: 'pieces', libelle: 'Pièces', titre: 'Pièces demandées', ajouter: 'Ajouter une pièce', vide: 'Aucune pièce demandée.', base: 'piece', champs: champsDe.piece(donnees), nouveau: (cle: string) => ({ cle, titre: 'Nouvelle pièce', de: texte(etape.noeud.responsable) || pour }), resume: (item: Noeud) => texte(item.categorie) },
    { cle: 'formulaires', libelle: 'Formulaires', titre: 'Formulaires', ajouter: 'Ajouter un formulaire', vide: 'Aucun formulaire. Créez-en un dans la vue « Formulaires », puis ajoutez-le ici.', base: 'formulaire', champs: champsDe.formulaire(donnees), nouveau: () => ({ nom: Object.keys(noeud(donnees.formulaires))[0] ?? 'formulaire', par: texte(etape.noeud.responsable) || pour }), resume: (item: Noeud) => texte(item.par) },
    { cle: 'actions_client', libelle: 'Demandes', titre: 'Demandes au client', ajouter: 'Ajouter une demande', vide: 'Aucune demande.', base: 'demande', champs: champsDe.action(donnees), nouveau: (cle: string) => ({ cle, message: 'Que voulez-vous demander ?', a: texte(etape.noeud.responsable) || pour }), nom: (item: Noeud) => texte(item.message) },
    {
      cle: 'relances', libelle: 'Relances', titre: 'Relances', ajouter: 'Ajouter une relance', vide: 'Aucune relance.', base: 'relance', champs: champsDe.relance(donnees),
      nouveau: (cle: string) => ({ cle, quand: 'entree + 3j', tache: { cle: `faire_${cle}`, titre: 'Relancer', pour }, a: pour }), nom: (item: Noeud, cle: string) => `${cle.replaceAll('_', ' ')} (${texte(item.quand)})`,
    },
  ] as const
  return (
    <>
      <div className={classes.panneauTete}>
        <span className={classes.pave} data-choisi><Icone size={18} stroke={STROKE} aria-hidden /></span>
        <h2>{etape.titre}</h2>
        <code>{etape.cle}</code>
        <Button variant="subtle" color="red" size="xs" disabled={nombre < 2} leftSection={<IconTrash size={15} stroke={STROKE} />} onClick={() => setSuppression(true)}>Supprimer</Button>
      </div>
      <Tabs defaultValue="essentiel" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="essentiel">Essentiel</Tabs.Tab>
          {onglets.map((onglet) => {
            const held = liste(etape.noeud[onglet.cle]).length
            return <Tabs.Tab key={onglet.cle} value={onglet.cle}>{onglet.libelle}{held > 0 && <span className={classes.compte}>{held}</span>}</Tabs.Tab>
          })}
        </Tabs.List>
        <Tabs.Panel value="essentiel">
          <Champs champs={champsDe.etape(donnees)} valeurs={etape.noeud} chemin={etape.chemin} onOperation={operate} />
        </Tabs.Panel>
        {onglets.map(({ cle, libelle: _, ...onglet }) => (
          <Tabs.Panel key={cle} value={cle}>
            <Elements {...onglet} chemin={[...etape.chemin, cle]} valeur={etape.noeud[cle]} onOperation={operate} />
            {cle === 'formulaires' && liste(etape.noeud.formulaires).map((each) => texte(noeud(each).nom)).filter((nom) => nom in noeud(donnees.formulaires)).map((nom) => (
              <Button key={nom} mt="sm" mr="xs" size="xs" variant="default" onClick={() => onFormulaire(nom)}>Modifier les champs de « {nom} »</Button>
            ))}
          </Tabs.Panel>
        ))}
      </Tabs>
      <ConfirmDialog
        ouvert={suppression}
        onClose={() => setSuppression(false)}
        titre={`Supprimer l’étape « ${etape.titre} » ?`}
        action="Supprimer l’étape"
        danger
        onConfirm={async () => {
          if (await onOperation({ genre: 'retirer', chemin: etape.chemin })) onSupprimee()
        }}
      >
        Ses tâches, ses pièces et ses relances partent avec elle. Les démarches en cours gardent leur version ; « Annuler » la fait revenir.
      </ConfirmDialog>
    </>
  )
}
