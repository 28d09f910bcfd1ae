import { Button, Tabs } from '@mantine/core'
import { IconBolt, IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import { iconNamed, STROKE } from '@shared/icons'
import { alerte, automatisation, moment, phrase, retard } from './automatisations'
import { Champs } from './Champs'
import * as champsDe from './champsDe'
import { Elements } from './Elements'
import { acteurs, type EtapeLue, liste, type Noeud, noeud, type Operation, type Place, roleCabinet, roleClient, texte } from './lecture'
import classes from './Auteur.module.css'

interface Props {
  etape: EtapeLue
  donnees: Noeud
  /** Mail models that may be named. */
  courriels: readonly string[]
  /** Étapes in all: the last one stays. */
  nombre: number
  onOperation: (...operations: Operation[]) => Promise<boolean>
  onFormulaire: (nom: string) => void
  onSupprimee: () => void
}

/** A reminder that may be published as it is: of the pièces to whoever owes them, or a task of the firm. */
function nouvelleRelance(cle: string, etape: Noeud, courriels: readonly string[], pour: string): Noeud {
  const due = noeud(liste(etape.pieces)[0]).de
  return due !== undefined && courriels.includes(RELANCE_PIECES)
    ? { cle, quand: 'entree + 3j', tant_que: 'pieces', repeter: '3j', maximum: 2, courriel: RELANCE_PIECES, a: due }
    : { cle, quand: 'entree + 3j', tache: { cle: `faire_${cle}`, titre: 'Relancer', pour }, a: pour }
}
const RELANCE_PIECES = 'relance_pieces'

/** The task that a relance makes, which is not to be made unseen. */
function TacheDeRelance({ item, donnees, chemin, onOperation }: { item: Noeud; donnees: Noeud; chemin: Place; onOperation: (...operations: Operation[]) => Promise<boolean> }) {
  if (item.tache === undefined) return null
  const tache = noeud(item.tache)
  return (
    <div className={classes.elementTete}>
      <span>Chaque relance donne aussi la tâche « {texte(tache.titre)} » à {acteurs(donnees).find(({ value }) => value === tache.pour)?.label ?? texte(tache.pour)}.</span>
      <Button variant="subtle" color="red" size="compact-sm" leftSection={<IconTrash size={15} stroke={STROKE} />} onClick={() => void onOperation({ genre: 'retirer', chemin: [...chemin, 'tache'] })}>Retirer cette tâche</Button>
    </div>
  )
}

/** One étape: its essentials, then each sort of thing it holds. */
export function PanneauEtape({ etape, donnees, courriels, nombre, onOperation, onFormulaire, onSupprimee }: Props) {
  const [suppression, setSuppression] = useState(false)
  const Icone = iconNamed(texte(etape.noeud.icone))
  const pour = roleCabinet(donnees)
  const client = roleClient(donnees)
  const seules = liste(etape.noeud.automatisations).map(noeud)
  const alertes = liste(etape.noeud.alertes)
  const finales = seules.filter((each) => texte(each.quand) === 'sortie')
  const onglets = [
    { cle: 'taches', libelle: 'Tâches', titre: 'Tâches', ajouter: 'Ajouter une tâche', vide: 'Aucune tâche.', base: 'tache', champs: champsDe.tache(donnees), nouveau: (cle: string) => ({ cle, titre: 'Nouvelle tâche', pour }), resume: (item: Noeud) => texte(item.echeance) },
    { cle: 'pieces', libelle: 'Pièces', titre: 'Pièces demandées', ajouter: 'Ajouter une pièce', vide: 'Aucune pièce demandée.', base: 'piece', champs: champsDe.piece(donnees), nouveau: (cle: string) => ({ cle, titre: 'Nouvelle pièce', de: client }), resume: (item: Noeud) => texte(item.categorie) },
    { cle: 'formulaires', libelle: 'Formulaires', titre: 'Formulaires', ajouter: 'Ajouter un formulaire', vide: 'Aucun formulaire. Créez-en un dans la vue « Formulaires », puis ajoutez-le ici.', base: 'formulaire', champs: champsDe.formulaire(donnees), nouveau: () => ({ nom: Object.keys(noeud(donnees.formulaires))[0] ?? 'formulaire', par: texte(etape.noeud.responsable) || pour }), resume: (item: Noeud) => texte(item.par) },
    { cle: 'actions_client', libelle: 'Demandes', titre: 'Demandes au client', ajouter: 'Ajouter une demande', vide: 'Aucune demande.', base: 'demande', champs: champsDe.action(donnees), nouveau: (cle: string) => ({ cle, message: 'Que voulez-vous demander ?', a: client }), nom: (item: Noeud) => texte(item.message) },
    {
      cle: 'relances', libelle: 'Relances', titre: 'Relances', ajouter: 'Ajouter une relance', vide: 'Aucune relance.', base: 'relance', champs: champsDe.relance(donnees, courriels),
      nouveau: (cle: string) => nouvelleRelance(cle, etape.noeud, courriels, pour), suite: (item: Noeud, chemin: Place) => <TacheDeRelance item={item} donnees={donnees} chemin={chemin} onOperation={onOperation} />, nom: (item: Noeud, cle: string) => `${cle.replaceAll('_', ' ')} (${texte(item.quand)})`,
    },
  ] as const
  const tab = (value: string, libelle: string, held: number) => (
    <Tabs.Tab key={value} value={value}>{libelle}{held > 0 && <span className={classes.compte}>{held}</span>}</Tabs.Tab>
  )
  return (
    <>
      <div className={classes.panneauTete}>
        <span className={classes.pave} data-choisi><Icone size={18} stroke={STROKE} aria-hidden /></span>
        <h2>{etape.titre}</h2>
        <code>{etape.cle}</code>
        <Button variant="subtle" color="red" size="xs" disabled={nombre < 2} leftSection={<IconTrash size={15} stroke={STROKE} />} onClick={() => setSuppression(true)}>Supprimer</Button>
      </div>
      <Tabs defaultValue="essentiel" keepMounted={false}>
        <Tabs.List className={classes.onglets ?? ''}>
          <Tabs.Tab value="essentiel">Essentiel</Tabs.Tab>
          {onglets.slice(0, -1).map((onglet) => tab(onglet.cle, onglet.libelle, liste(etape.noeud[onglet.cle]).length))}
          {tab('automatisations', 'Automatisations', seules.length + alertes.length)}
          {tab('relances', 'Relances', liste(etape.noeud.relances).length)}
        </Tabs.List>
        <Tabs.Panel value="essentiel">
          <Champs champs={champsDe.etape(donnees)} valeurs={etape.noeud} chemin={etape.chemin} onOperation={onOperation} />
          {finales.length > 0 && (
            <section className={classes.elements}>
              <div className={classes.elementsTete}><h3>Quand l’étape se termine</h3></div>
              <ul>
                {finales.map((each, rank) => (
                  <li key={rank} className={classes.seule}><IconBolt size={16} stroke={STROKE} aria-hidden />{phrase(donnees, each)}</li>
                ))}
              </ul>
            </section>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="automatisations">
          <Elements
            titre="Ce qui se fait tout seul" ajouter="Ajouter une automatisation" vide="Rien ne se fait tout seul dans cette étape." base="automatisation"
            chemin={[...etape.chemin, 'automatisations']} valeur={etape.noeud.automatisations} champs={automatisation(donnees, etape.noeud, courriels)}
            nouveau={() => ({ quand: 'sortie', message: `« ${etape.titre} » est terminée.`, a: pour })}
            nom={(item) => phrase(donnees, item)} resume={(item) => moment(donnees, etape.noeud, item)} onOperation={onOperation}
          />
          <Elements
            titre="Minuteries" ajouter="Ajouter une minuterie" vide="Aucune alerte à un instant donné." base="alerte"
            chemin={[...etape.chemin, 'alertes']} valeur={etape.noeud.alertes} champs={alerte(donnees, courriels)}
            nouveau={(cle) => ({ cle, quand: 'entree + 3jo', message: `« ${etape.titre} » dure depuis trois jours.`, a: pour })}
            nom={(item) => texte(item.message)} resume={(item) => texte(item.quand)} onOperation={onOperation}
          />
          <section className={classes.elements}>
            <div className={classes.elementsTete}>
              <h3>Si l’échéance est dépassée</h3>
              {etape.noeud.retard === undefined ? (
                <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={15} stroke={STROKE} />} onClick={() => void onOperation({ genre: 'poser', chemin: [...etape.chemin, 'retard'], valeur: { message: `« ${etape.titre} » est en retard.`, a: pour } })}>Prévenir quelqu’un</Button>
              ) : (
                <Button variant="subtle" color="red" size="compact-sm" leftSection={<IconTrash size={15} stroke={STROKE} />} onClick={() => void onOperation({ genre: 'retirer', chemin: [...etape.chemin, 'retard'] })}>Ne prévenir personne</Button>
              )}
            </div>
            {etape.noeud.retard === undefined
              ? <p className={classes.aide}>{texte(etape.noeud.echeance) ? 'Personne n’est prévenu.' : 'L’étape n’a pas d’échéance : donnez-lui-en une dans « Essentiel ».'}</p>
              : <Champs champs={retard(donnees, courriels)} valeurs={noeud(etape.noeud.retard)} chemin={[...etape.chemin, 'retard']} onOperation={onOperation} />}
          </section>
        </Tabs.Panel>
        {onglets.map(({ cle, libelle: _, ...onglet }) => (
          <Tabs.Panel key={cle} value={cle}>
            <Elements {...onglet} chemin={[...etape.chemin, cle]} valeur={etape.noeud[cle]} onOperation={onOperation} />
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
