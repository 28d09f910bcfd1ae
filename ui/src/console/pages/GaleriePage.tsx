import { Button } from '@mantine/core'
import { useState } from 'react'
import { Avatar } from '@shared/components/Avatar'
import { Card, Section } from '@shared/components/Card'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import { Deposit } from '@shared/components/Deposit'
import { EtapeTimeline } from '@shared/components/EtapeTimeline'
import { Journal } from '@shared/components/Journal'
import { KeyCap } from '@shared/components/KeyCap'
import { ProgressBar, ProgressSegments } from '@shared/components/Progress'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { TurnPill } from '@shared/components/TurnPill'
import DynamicForm from '@shared/form/DynamicForm'
import * as f from '@shared/format'
import { type Objet, statuts, type Tour, tours } from '@shared/statuses'
import classes from './GaleriePage.module.css'

const exampleSchema = {
  type: 'object',
  required: ['prenom', 'nom', 'contrat', 'date_entree', 'accord'],
  properties: {
    prenom: { type: 'string', title: 'Prénom', minLength: 1 },
    nom: { type: 'string', title: 'Nom', minLength: 1 },
    nir: { type: 'string', title: 'Numéro de sécurité sociale', format: 'nir' },
    contrat: {
      type: 'string',
      title: 'Type de contrat',
      oneOf: [{ const: 'cdi', title: 'CDI' }, { const: 'cdd', title: 'CDD' }],
    },
    date_entree: { type: 'string', format: 'date', title: 'Date d’embauche' },
    accord: { type: 'boolean', title: 'Je certifie que ces informations sont exactes', const: true },
  },
  allOf: [
    {
      if: { properties: { contrat: { const: 'cdd' } }, required: ['contrat'] },
      then: {
        required: ['date_fin', 'motif'],
        properties: {
          date_fin: { type: 'string', format: 'date', title: 'Fin du contrat' },
          motif: { type: 'string', title: 'Motif du recours', enum: ['remplacement', 'surcroit'] },
        },
      },
    },
  ],
}
const exampleUi = {
  contrat: { 'ui:widget': 'radio', 'ui:options': { inline: true } },
  motif: { 'ui:enumNames': ['Remplacement d’un absent', 'Accroissement d’activité'] },
  'ui:etapes': [
    { titre: 'Le salarié', champs: ['prenom', 'nom', 'nir'] },
    { titre: 'Le contrat', champs: ['contrat', 'date_fin', 'motif', 'date_entree'] },
    { titre: 'Vérification', champs: ['accord'] },
  ],
}

/** Every shared component with its states: for the people who build screens, and for visual checks. */
export function GaleriePage() {
  const [dialog, setDialog] = useState(false)
  const [application, setApplication] = useState('console')
  const switchTo = (name: string): void => {
    document.documentElement.dataset.app = name
    setApplication(name)
  }
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <h1>Galerie des composants</h1>
        <Button variant="default" onClick={() => switchTo(application === 'console' ? 'portail' : 'console')}>
          Densité : {application}
        </Button>
      </div>

      <Section titre="Tours">
        <Card><div className={classes.row}>
          {(Object.keys(tours) as Tour[]).map((tour) => <TurnPill key={tour} tour={tour} />)}
          <TurnPill tour="cabinet" nom="Vous" />
          <TurnPill tour="client" nom="Julien Lefèvre" />
        </div></Card>
      </Section>

      {(Object.keys(statuts) as Objet[]).map((objet) => (
        <Section key={objet} titre={`Statuts : ${objet}`}>
          <Card><div className={classes.row}>
            {Object.keys(statuts[objet]).map((cle) => <StatusBadge key={cle} objet={objet} cle={cle} />)}
          </div></Card>
        </Section>
      ))}

      <Section titre="Progression">
        <Card><div className={classes.stack}>
          <ProgressBar part={0.4} nom="Progression" />
          <ProgressBar part={4 / 7} ton="client" nom="Documents" texte="4 / 7" />
          <ProgressSegments
            texte="Étape 3 sur 7, 40 %"
            segments={[1, 1, 0.5, 0, 0, 0, 0].map((part, i) => ({ part, ton: i < 2 ? 'fait' : i === 2 ? 'client' : 'neutre' }))}
          />
        </div></Card>
      </Section>

      <Section titre="Étapes">
        <Card>
          <EtapeTimeline
            etapes={[
              { cle: 'a', titre: 'Emprunteur', statut: 'valide', description: 'Votre situation est complète.', detail: 'Validé le 2 novembre · Sophie Lemaire' },
              { cle: 'b', titre: 'Pièces', statut: 'en_cours', badge: 'action_requise', tour: 'client', tourNom: 'Camille Bernard', contenu: <ProgressBar part={4 / 7} ton="client" nom="Pièces" texte="4 / 7" />, detail: 'À vous de compléter avant le 27 novembre' },
              { cle: 'c', titre: 'DPAE', statut: 'en_retard', tour: 'cabinet', tourNom: 'Claire Dumont', detail: 'Prévue le 20/11/2026' },
              { cle: 'd', titre: 'Visite', statut: 'passee', detail: 'Passée : déjà faite chez le précédent employeur' },
              { cle: 'e', titre: 'Clôture', statut: 'a_faire', description: 'Nous clôturons le dossier.', detail: 'Vers le 29 janvier 2027' },
            ]}
          />
        </Card>
      </Section>

      <Section titre="Journal">
        <Card>
          <Journal
            visibilites
            items={[
              { id: '1', genre: 'piece', at: '2026-11-23T10:42:00Z', titre: 'Justificatif de domicile déposé', auteur: 'Léa Martin', visibilite: 'client' },
              { id: '2', genre: 'note', at: '2026-11-23T09:58:00Z', titre: 'Note interne', detail: 'Confirme le CDI 35 h, prise de poste à 6 h.', auteur: 'Claire Dumont', visibilite: 'interne' },
              { id: '3', genre: 'notification', at: '2026-11-20T16:05:00Z', titre: 'Relance envoyée à Léa Martin', visibilite: 'client' },
            ]}
          />
        </Card>
      </Section>

      <Section titre="Dépôt guidé">
        <Card><Deposit titre="Avis d’imposition" chemin="/api/galerie" formats={['pdf', 'jpg', 'png']} tailleMaxMo={10} nouvelleVersion onDone={() => undefined} /></Card>
      </Section>

      <Section titre="Formulaire">
        <Card>
          <DynamicForm schema={exampleSchema} uiSchema={exampleUi} action="Envoyer la demande" brouillon={`Brouillon enregistré à ${f.spokenHour(Date.now())}`} onSubmit={async () => undefined} />
        </Card>
      </Section>

      <Section titre="États">
        <Card nue><SkeletonRows lignes={3} /></Card>
        <Card><EmptyState action={<Button variant="default">Demander un service</Button>}>Aucune démarche pour l’instant. De quoi avez-vous besoin ?</EmptyState></Card>
        <Card><ErrorState error={new Error('L’envoi n’a pas abouti. Votre fichier est toujours là, réessayez.')} onRetry={() => undefined} /></Card>
      </Section>

      <Section titre="Divers">
        <Card><div className={classes.row}>
          <Avatar nom="Sophie Lemaire" /> <Avatar nom="Karim Benali" /> <Avatar nom="Claire Dumont" /> <Avatar nom="Léa Martin" />
          <KeyCap>Ctrl K</KeyCap><KeyCap>J</KeyCap>
          <Button>Terminer la tâche</Button><Button variant="default">Reporter…</Button>
          <Button variant="outline">Voir la proposition</Button><Button variant="light">Appeler</Button><Button variant="subtle">Annuler</Button>
          <Button variant="default" onClick={() => setDialog(true)}>Refuser…</Button>
        </div></Card>
        <Card><ul className={classes.formats}>
          {[f.shortDate('2026-11-23'), f.weekday('2026-11-27'), f.hour('2026-11-23T16:00:00Z'), f.spokenHour('2026-11-23T15:20:00Z'), f.money(123456), f.duration(13320), f.percent(0.34), f.fileSize(14_000_000), f.moment(Date.now())].map((text) => <li key={text}>{text}</li>)}
        </ul></Card>
      </Section>

      <ConfirmDialog
        ouvert={dialog}
        onClose={() => setDialog(false)}
        titre="Refuser la pièce"
        action="Refuser la pièce"
        danger
        motif={{ libelle: 'Motif, lu par le client', propositions: ['Page floue', 'Document expiré', 'Mauvais document'] }}
        onConfirm={async () => undefined}
      >
        <p>Léa le lit dans son espace et redépose la pièce.</p>
      </ConfirmDialog>
    </div>
  )
}
