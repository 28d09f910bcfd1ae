import { Autocomplete, Checkbox, Group, NumberInput, Radio, SegmentedControl, Select, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react'
import { equipeQuery, formulaireQuery } from '@shared/api/queries'
import { call } from '@shared/api/http'
import type { DemarcheView, EtapeForm, EvenementView } from '@shared/api/types'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import { Dialog } from '@shared/components/Dialog'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import Exports from '@shared/demarche/Exports'
import DynamicForm from '@shared/form/DynamicForm'
import { civilDay, count, de, hour, longDate, NBSP, nowOf, spokenHour } from '@shared/format'
import { useCommands } from '../api/commands'
import { CommandDialog, type FieldErrors } from '../components/CommandDialog'
import { DateField, DueField } from '../components/DateField'
import { NotificationDialog } from '../components/NotificationDialog'
import { dayFromToday, instantOf } from '../components/time'
import { toastDone } from '../components/toasts'
import { MarquerDialog, VerificationDialog } from './correctionDialogs'
import { EtapeDialog } from './EtapeDialog'
import { MontantDu } from './MontantDu'
import { nameOf } from './people'
import { AjouterEtapeDialog, DeplacerEtapeDialog, NommerPieceDialog } from './PlaceDialogs'
import classes from './dialogs.module.css'

const ScenarioDialog = lazy(() => import('../modeles/ScenarioDialog').then((found) => ({ default: found.ScenarioDialog })))

/** Every window that the cockpit may open. */
export type CockpitDialog =
  | { type: 'tache' | 'notification' | 'action' | 'piece' | 'document' | 'prix' | 'equipe' | 'renfort' | 'suspension' | 'annulation' | 'precision' | 'valider' | 'refus' | 'export' | 'scenario' | 'ajouter' }
  | { type: 'appel'; avec?: string }
  | { type: 'courriel' | 'sms'; a?: string }
  | { type: 'date'; champ: string }
  | { type: 'passer' | 'revenir' | 'regler' | 'deplacer'; etape: string }
  | { type: 'dispense' | 'nommer'; piece: string }
  | { type: 'revocation'; cle: string }
  | { type: 'formulaire'; nom: string; etape: string }
  | { type: 'evenement'; evenement: EvenementView }
  | { type: 'marquer' | 'verification'; nom: string }

interface Props {
  demarche: DemarcheView
  onClose: () => void
}

export function CockpitDialogs({ demarche, dialog, onClose }: Props & { dialog: CockpitDialog }) {
  const props = { demarche, onClose }
  switch (dialog.type) {
    case 'tache': return <NouvelleTache {...props} />
    case 'appel': return <NouvelAppel {...props} avec={dialog.avec} />
    case 'courriel': return <NouvelEmail {...props} a={dialog.a} />
    case 'sms': return <NouveauSms {...props} a={dialog.a} />
    case 'notification': return <NouvelleNotification {...props} />
    case 'action': return <ActionClient {...props} />
    case 'piece': return <NouvellePiece {...props} />
    case 'document': return <ProduireDocument {...props} />
    case 'prix': return <Prix {...props} />
    case 'valider': return <ValiderDemande {...props} />
    case 'equipe': return <Reaffecter {...props} />
    case 'renfort': return <Renfort {...props} />
    case 'precision': return <Precision {...props} />
    case 'date': return <DateCle {...props} champ={dialog.champ} />
    case 'evenement': return <Constater {...props} evenement={dialog.evenement} />
    case 'formulaire': return <Formulaire {...props} nom={dialog.nom} etape={dialog.etape} />
    case 'regler': {
      const etape = demarche.etapes.find(({ cle }) => cle === dialog.etape)
      return etape?.reglage ? <EtapeDialog {...props} etape={etape} reglage={etape.reglage} /> : null
    }
    case 'ajouter': return <AjouterEtapeDialog {...props} />
    case 'deplacer': {
      const etape = demarche.etapes.find(({ cle }) => cle === dialog.etape)
      return etape ? <DeplacerEtapeDialog {...props} etape={etape} /> : null
    }
    case 'nommer': {
      const piece = demarche.pieces.find(({ id }) => id === dialog.piece)
      return piece ? <NommerPieceDialog {...props} piece={piece} /> : null
    }
    case 'export': return <Dialog opened onClose={onClose} title="Exporter en PDF" size={640}><Exports demarcheId={demarche.id} /></Dialog>
    case 'scenario': return <Suspense><ScenarioDialog modele={demarche.modele} reference={demarche.reference} onClose={onClose} /></Suspense>
    case 'marquer': return <MarquerDialog {...props} nom={dialog.nom} />
    case 'verification': return <VerificationDialog {...props} nom={dialog.nom} />
    default: return <Reason {...props} dialog={dialog} />
  }
}

/** Commands that only ask for a reason. */
function Reason({ demarche, dialog, onClose }: Props & { dialog: Exclude<CockpitDialog, { type: 'date' | 'formulaire' | 'evenement' | 'marquer' | 'verification' | 'appel' | 'courriel' | 'sms' }> }) {
  const { send } = useCommands(demarche.id)
  const etape = 'etape' in dialog ? demarche.etapes.find(({ cle }) => cle === dialog.etape) : undefined
  const piece = 'piece' in dialog ? demarche.pieces.find(({ id }) => id === dialog.piece) : undefined
  const participant = 'cle' in dialog ? demarche.participants.find(({ cle }) => cle === dialog.cle) : undefined
  const openTasks = demarche.compteurs.taches_ouvertes
  const tasks = count(openTasks, 'tâche ouverte', 'tâches ouvertes')
  const asks: Partial<Record<CockpitDialog['type'], { titre: string; action: string; chemin: string; body?: object; texte: ReactNode; propositions?: string[]; danger?: boolean; sansMotif?: boolean; lu?: boolean }>> = {
    suspension: {
      titre: 'Suspendre la démarche', action: 'Suspendre', chemin: '/suspension', lu: true,
      texte: <p>{openTasks === 0 ? 'Aucune tâche n’est ouverte' : `${tasks} ${openTasks > 1 ? 'sont mises' : 'est mise'} en pause`}, les délais et les relances s’arrêtent, les courriels en attente sont retenus, les documents restent. Tout reprend où vous l’aurez laissé.</p>,
      propositions: ['À la demande du client', 'En attente d’une décision extérieure'],
    },
    annulation: {
      titre: 'Annuler la démarche', action: 'Annuler la démarche', chemin: '/annulation', danger: true, lu: true,
      texte: <p>{openTasks === 0 ? 'Aucune tâche n’est ouverte' : `${tasks} ${openTasks > 1 ? 'sont abandonnées' : 'est abandonnée'}`}, les relances s’arrêtent, les courriels en attente ne partent pas, les liens des participants sont retirés. Les documents et l’historique restent. Cela ne se défait pas.</p>,
      propositions: ['Le client renonce', 'Démarche ouverte par erreur'],
    },
    refus: {
      titre: 'Refuser la demande', action: 'Refuser la demande', chemin: '/refus', danger: true, lu: true,
      texte: <p>Le client est prévenu par <span className="el-insecable">e-mail</span> et lit ce motif dans son espace.</p>,
      propositions: ['Demande hors de notre champ', 'Informations insuffisantes', 'Demande en double'],
    },
    passer: {
      titre: `Passer l’étape « ${etape?.titre ?? ''} »`, action: 'Passer l’étape', chemin: `/etapes/${etape?.cle}/passage`, body: { visit: etape?.visit }, lu: true,
      texte: <p>Ses tâches ouvertes et ses pièces manquantes sont abandonnées, ses relances s’arrêtent, ses courriels en attente ne partent pas. Les documents déjà produits restent, et la démarche continue.</p>,
      propositions: ['Déjà fait par le client', 'Sans objet pour ce dossier'],
    },
    revenir: {
      titre: `Revenir à l’étape « ${etape?.titre ?? ''} »`, action: 'Revenir à cette étape', chemin: `/etapes/${etape?.cle}/retour`, lu: true,
      texte: <p>Cette étape et les suivantes sont à refaire : leurs tâches ouvertes sont remplacées, leurs relances repartent de zéro, leurs courriels en attente ne partent pas, les documents produits depuis sont à refaire. Les pièces validées et l’historique restent.</p>,
    },
    dispense: {
      titre: `Ne plus demander « ${piece?.titre ?? ''} »`, action: 'Ne plus la demander', chemin: `/pieces/${piece?.id}/dispense`, lu: true,
      texte: <p>La pièce devient sans objet : elle ne bloque plus l’étape et n’est plus relancée.</p>,
      propositions: ['Déjà au dossier', 'Non nécessaire dans ce cas'],
    },
    revocation: {
      titre: `Retirer l’accès ${de(participant?.nom ?? '')}`, action: 'Retirer l’accès', chemin: `/participants/${participant?.cle}/revocation`, danger: true, sansMotif: true,
      texte: <p>Son lien ne s’ouvre plus, tout de suite. Vous pourrez lui en envoyer un autre.</p>,
    },
  }
  const ask = asks[dialog.type]
  if (!ask) return null
  return (
    <ConfirmDialog
      ouvert
      onClose={onClose}
      titre={ask.titre}
      action={ask.action}
      danger={ask.danger ?? false}
      {...(ask.sansMotif ? {} : { motif: { libelle: ask.lu ? 'Motif, lu par le client' : 'Motif', propositions: ask.propositions ?? [] } })}
      onConfirm={(motif) => send({ chemin: ask.chemin, body: { ...ask.body, ...(ask.sansMotif ? {} : { motif }) } })}
    >
      {ask.texte}
    </ConfirmDialog>
  )
}

/** Whom something can be given to, people named. */
const people = (demarche: DemarcheView, sides?: string[]): { value: string; label: string }[] =>
  demarche.roles.filter(({ side }) => !sides || sides.includes(side)).map(({ cle, libelle }) => ({ value: cle, label: nameOf(demarche, cle, libelle) }))

function NouvelleTache({ demarche, onClose }: Props) {
  const { send } = useCommands(demarche.id)
  const [titre, setTitre] = useState('')
  const [pour, setPour] = useState(demarche.roles.find(({ side }) => side === 'cabinet')?.cle ?? null)
  const [description, setDescription] = useState('')
  const [checklist, setChecklist] = useState('')
  const [date, setDate] = useState<string | null>(null)
  const [heure, setHeure] = useState('18:00')
  const [urgente, setUrgente] = useState(false)
  const [facturable, setFacturable] = useState(false)
  const [obligatoire, setObligatoire] = useState(false)
  return (
    <CommandDialog
      titre="Nouvelle Tâche"
      action="Créer la tâche"
      onClose={onClose}
      check={(): FieldErrors => (titre.trim() ? {} : { titre: 'Donnez un titre à la tâche.' })}
      onSubmit={async (key) => {
        await send({
          chemin: '/taches',
          body: {
            titre: titre.trim(),
            pour,
            ...(description.trim() ? { description: description.trim() } : {}),
            checklist: checklist.split('\n').map((line) => line.trim()).filter(Boolean),
            ...(date ? { due_at: instantOf(date, heure) } : {}),
            priorite: urgente ? 'urgente' : 'normale',
            facturable,
            obligatoire,
          },
        }, key)
        toastDone('Tâche créée')
      }}
    >
      {(errors) => (
        <>
          <TextInput label="Titre" required maxLength={200} value={titre} onChange={(event) => setTitre(event.currentTarget.value)} error={errors.titre} data-autofocus />
          <Select label="Confiée à" data={people(demarche)} value={pour} onChange={setPour} allowDeselect={false} error={errors.pour} />
          <DueField label="Échéance" date={date} heure={heure} onDate={setDate} onHeure={setHeure} error={errors.due_at} min={dayFromToday(0)} />
          <Textarea label="Description" value={description} onChange={(event) => setDescription(event.currentTarget.value)} minRows={2} />
          <Textarea label="Checklist" description="Une ligne par point à cocher." value={checklist} onChange={(event) => setChecklist(event.currentTarget.value)} minRows={2} error={errors.checklist} />
          <div className={classes.boxes}>
            <Checkbox label="Urgent" checked={urgente} onChange={(event) => setUrgente(event.currentTarget.checked)} />
            <Checkbox label="Facturable" checked={facturable} onChange={(event) => setFacturable(event.currentTarget.checked)} />
            <Checkbox label="Nécessaire pour valider l’étape" checked={obligatoire} onChange={(event) => setObligatoire(event.currentTarget.checked)} />
          </div>
          <p className={classes.hint}>{obligatoire ? 'L’étape en cours attend cette tâche. ' : ''}Les autres tâches, les relances, les documents et les courriels en attente ne changent pas.</p>
        </>
      )}
    </CommandDialog>
  )
}

const natures = [
  { value: 'documents', label: 'Des documents' },
  { value: 'validation', label: 'Une validation' },
  { value: 'commentaire', label: 'Un commentaire' },
  { value: 'note', label: 'Une note' },
]

function ActionClient({ demarche, onClose }: Props) {
  const { send } = useCommands(demarche.id)
  const targets = people(demarche, ['client', 'tiers'])
  const [nature, setNature] = useState('documents')
  const [a, setA] = useState(targets[0]?.value ?? null)
  const [message, setMessage] = useState('')
  const [pieces, setPieces] = useState<string[]>([])
  // Once a name is taken, the names offered must not hide the rest of the window.
  const [offered, setOffered] = useState(false)
  const [date, setDate] = useState<string | null>(null)
  const [heure, setHeure] = useState('18:00')
  const listed = nature === 'documents' ? pieces : []
  return (
    <CommandDialog
      titre="Demander une Action Client"
      action="Envoyer la demande"
      onClose={onClose}
      check={() => ({ ...(message.trim() ? {} : { message: 'Dites ce que vous attendez.' }), ...(a ? {} : { a: 'Choisissez un destinataire.' }) })}
      onSubmit={async (key) => {
        await send({ chemin: '/actions', body: { nature, a, message: message.trim(), pieces: listed.map((titre) => ({ titre })), ...(date ? { due_at: instantOf(date, heure) } : {}) } }, key)
        toastDone('Demande envoyée')
      }}
    >
      {(errors) => (
        <>
          <div>
            <p className={classes.label} id="nature-action">Ce que vous attendez</p>
            <SegmentedControl fullWidth classNames={{ root: classes.natures }} aria-labelledby="nature-action" data={natures} value={nature} onChange={setNature} />
          </div>
          <Select label="De qui" data={targets} value={a} onChange={setA} allowDeselect={false} error={errors.a} required />
          <Textarea label="Message" required minRows={4} maxLength={5000} value={message} onChange={(event) => setMessage(event.currentTarget.value)} error={errors.message} placeholder="Bonjour, pouvez-vous nous transmettre…" data-autofocus />
          {nature === 'documents' && (
            <TagsInput
              label="Liste des documents"
              description={listed.length === 0 ? 'Facultatif. Avec une liste, le client dépose chaque document à part et vous validez chacun ; sans liste, il répond en une fois.' : `${count(listed.length, 'document demandé', 'documents demandés')}, chacun à valider une fois déposé.`}
              placeholder={listed.length === 0 ? '3 dernières quittances de loyer, puis Entrée' : 'Un autre document'}
              data={demarche.pieces_connues}
              value={pieces}
              onChange={(list) => {
                setPieces(list)
                setOffered(false)
              }}
              dropdownOpened={offered}
              onDropdownOpen={() => setOffered(true)}
              onDropdownClose={() => setOffered(false)}
              onSearchChange={(text) => setOffered(text !== '')}
              maxTags={30}
              splitChars={['\n', ';']}
              error={errors.pieces}
            />
          )}
          <DueField label="Avant le" date={date} heure={heure} onDate={setDate} onHeure={setHeure} error={errors.due_at} min={dayFromToday(0)} />
        </>
      )}
    </CommandDialog>
  )
}

/** A call that took place, summed up (TL-08). */
function NouvelAppel({ demarche, onClose, avec: dit = '' }: Props & { avec: string | undefined }) {
  const { send } = useCommands(demarche.id)
  const now = nowOf(demarche)
  const [avec, setAvec] = useState(dit)
  const [date, setDate] = useState<string | null>(civilDay(now))
  const [heure, setHeure] = useState(hour(now))
  const [duree, setDuree] = useState<number | string>(10)
  const [texte, setTexte] = useState('')
  const [interne, setInterne] = useState(false)
  return (
    <CommandDialog
      titre="Nouvel Appel"
      action="Enregistrer l’appel"
      onClose={onClose}
      check={() => ({
        ...(avec.trim() ? {} : { avec: 'Dites avec qui vous avez parlé.' }),
        ...(date ? {} : { debut: 'Donnez la date de l’appel.' }),
        ...(Number(duree) >= 1 ? {} : { duree_min: 'Une minute au moins.' }),
        ...(texte.trim() ? {} : { texte: 'Résumez les points abordés.' }),
      })}
      onSubmit={async (key) => {
        await send({ chemin: '/appels', body: { avec: avec.trim(), debut: instantOf(date!, heure), duree_min: Number(duree), texte: texte.trim(), interne } }, key)
        toastDone('Appel enregistré')
      }}
    >
      {(errors) => (
        <>
          <Autocomplete label="Avec" required maxLength={120} data={[...new Set(people(demarche, ['client', 'tiers']).map(({ label }) => label))]} value={avec} onChange={setAvec} error={errors.avec} data-autofocus />
          <DueField label="Date" date={date} heure={heure} onDate={setDate} onHeure={setHeure} error={errors.debut} />
          <NumberInput label="Durée, en minutes" required min={1} max={1440} allowDecimal={false} value={duree} onChange={setDuree} error={errors.duree_min} />
          <Textarea label="Points abordés" required minRows={4} maxLength={5000} value={texte} onChange={(event) => setTexte(event.currentTarget.value)} error={errors.texte} />
          <Checkbox label="Interne au cabinet" description="Sinon, le client lit cet appel et son résumé." checked={interne} onChange={(event) => setInterne(event.currentTarget.checked)} />
        </>
      )}
    </CommandDialog>
  )
}

/** A mail written by hand, sent at once (TL-09). */
function NouvelEmail({ demarche, onClose, a: dit }: Props & { a: string | undefined }) {
  const { send } = useCommands(demarche.id)
  const targets = people(demarche, ['client', 'tiers'])
  const [a, setA] = useState(dit ?? targets[0]?.value ?? null)
  const [objet, setObjet] = useState('')
  const [texte, setTexte] = useState('')
  return (
    <CommandDialog
      titre="Nouvel Email"
      action="Envoyer l’e-mail"
      onClose={onClose}
      check={() => ({
        ...(a ? {} : { a: 'Choisissez un destinataire.' }),
        ...(objet.trim() ? {} : { objet: 'Donnez un objet à votre message.' }),
        ...(texte.trim() ? {} : { texte: 'Écrivez votre message.' }),
      })}
      onSubmit={async (key) => {
        await send({ chemin: '/courriels', body: { a, objet: objet.trim(), texte: texte.trim() } }, key)
        toastDone('E-mail en route')
      }}
    >
      {(errors) => (
        <>
          <Select label="À" data={targets} value={a} onChange={setA} allowDeselect={false} error={errors.a} required />
          <TextInput label="Objet" required maxLength={200} value={objet} onChange={(event) => setObjet(event.currentTarget.value)} error={errors.objet} data-autofocus />
          <Textarea label="Message" required autosize minRows={6} maxRows={14} maxLength={5000} value={texte} onChange={(event) => setTexte(event.currentTarget.value)} error={errors.texte} description="« Bonjour » et votre signature sont ajoutés." />
          <MontantDu demarche={demarche} onInsert={(phrase) => setTexte(`${texte}${texte && '\n\n'}${phrase}`)} />
        </>
      )}
    </CommandDialog>
  )
}

/** An SMS written by hand, sent at once (REC-07). */
function NouveauSms({ demarche, onClose, a: dit }: Props & { a: string | undefined }) {
  const { send } = useCommands(demarche.id)
  const targets = people(demarche, ['client', 'tiers'])
  const [a, setA] = useState(dit ?? targets[0]?.value ?? null)
  const [texte, setTexte] = useState('')
  return (
    <CommandDialog
      titre="Nouveau SMS"
      action="Envoyer le SMS"
      onClose={onClose}
      check={() => ({ ...(a ? {} : { a: 'Choisissez un destinataire.' }), ...(texte.trim() ? {} : { texte: 'Écrivez votre message.' }) })}
      onSubmit={async (key) => {
        await send({ chemin: '/sms', body: { a, texte: texte.trim() } }, key)
        toastDone('SMS en route')
      }}
    >
      {(errors) => (
        <>
          <Select label="À" data={targets} value={a} onChange={setA} allowDeselect={false} error={errors.a} required />
          <Textarea label="Message" required autosize minRows={3} maxRows={8} maxLength={600} value={texte} onChange={(event) => setTexte(event.currentTarget.value)} error={errors.texte} description={`${texte.length} caractères sur 600.`} data-autofocus />
          <MontantDu demarche={demarche} onInsert={(phrase) => setTexte(`${texte}${texte && ' '}${phrase}`)} />
        </>
      )}
    </CommandDialog>
  )
}

/** Told to the client of this démarche. */
function NouvelleNotification({ demarche, onClose }: Props) {
  const { send } = useCommands(demarche.id)
  return (
    <NotificationDialog
      exemple="Votre contrat part demain par la poste."
      onSend={(texte, key) => send({ chemin: '/notifications', body: { texte } }, key)}
      onClose={onClose}
    />
  )
}

function NouvellePiece({ demarche, onClose }: Props) {
  const { send } = useCommands(demarche.id)
  const targets = people(demarche, ['client', 'tiers'])
  const known = [...new Set(demarche.pieces.flatMap(({ categorie }) => categorie ?? []))]
  const [titre, setTitre] = useState('')
  const [de, setDe] = useState(targets[0]?.value ?? null)
  const [description, setDescription] = useState('')
  const [categorie, setCategorie] = useState<string | null>(known[0] ?? null)
  const [obligatoire, setObligatoire] = useState(true)
  const [date, setDate] = useState<string | null>(null)
  return (
    <CommandDialog
      titre="Demander une pièce"
      action="Demander la pièce"
      onClose={onClose}
      check={() => ({ ...(titre.trim() ? {} : { titre: 'Nommez la pièce.' }), ...(de ? {} : { de: 'Choisissez qui la fournit.' }) })}
      onSubmit={async (key) => {
        await send({
          chemin: '/pieces',
          body: {
            titre: titre.trim(), de, obligatoire,
            ...(description.trim() ? { description: description.trim() } : {}),
            ...(categorie ? { categorie } : {}),
            ...(date ? { due_at: instantOf(date, '18:00') } : {}),
          },
        }, key)
        toastDone('Pièce demandée')
      }}
    >
      {(errors) => (
        <>
          <Autocomplete label="Nom de la pièce" required maxLength={200} data={demarche.pieces_connues} value={titre} onChange={setTitre} error={errors.titre} placeholder="Titre de séjour" data-autofocus />
          <Select label="Fournie par" data={targets} value={de} onChange={setDe} allowDeselect={false} error={errors.de} required />
          <Textarea label="Consigne" description="Lue par la personne qui dépose." value={description} onChange={(event) => setDescription(event.currentTarget.value)} minRows={2} />
          <Select label="Catégorie" data={known} value={categorie} onChange={setCategorie} clearable placeholder="Autres pièces" />
          <DateField label="Avant le" value={date} onChange={setDate} min={dayFromToday(0)} error={errors.due_at} />
          <Checkbox label="Nécessaire pour valider l’étape" checked={obligatoire} onChange={(event) => setObligatoire(event.currentTarget.checked)} />
          <p className={classes.hint}>La demande part par <span className="el-insecable">e-mail</span>{obligatoire ? ', et l’étape en cours attend cette pièce' : ''}. Les tâches, les relances, les documents et les courriels en attente ne changent pas.</p>
        </>
      )}
    </CommandDialog>
  )
}

/** Of a document made per line: a file for each of them. */
const TOUTES = '*'

function ProduireDocument({ demarche, onClose }: Props) {
  const { send } = useCommands(demarche.id)
  const [document, setDocument] = useState(demarche.documents_possibles[0]?.cle ?? null)
  const [ligne, setLigne] = useState(TOUTES)
  const [choix, setChoix] = useState<Record<string, string>>({})
  const chosen = demarche.documents_possibles.find(({ cle }) => cle === document)
  const lignes = chosen?.lignes ?? []
  return (
    <CommandDialog
      titre="Produire un document"
      action="Produire"
      onClose={onClose}
      check={(): FieldErrors => (document ? {} : { document: 'Choisissez un document.' })}
      onSubmit={async (key) => {
        await send({ chemin: '/documents', body: { document, ligne: ligne === TOUTES ? null : ligne, choix } }, key)
        toastDone(ligne === TOUTES && lignes.length > 1 ? 'Les documents se préparent' : 'Le document se prépare')
      }}
    >
      {(errors) => (
        <>
          <Select label="Document" data={demarche.documents_possibles.map(({ cle, titre }) => ({ value: cle, label: titre }))} value={document} onChange={(value) => { setDocument(value); setLigne(TOUTES) }} allowDeselect={false} error={errors.document} />
          {lignes.length > 0 && (
            <Select
              label="Pour"
              description={`Un fichier par ligne de « ${chosen?.collection ?? ''} ».`}
              data={[{ value: TOUTES, label: `Toutes les lignes (${lignes.length})` }, ...lignes.map(({ id, nom }) => ({ value: id, label: nom }))]}
              value={ligne}
              onChange={(value) => setLigne(value ?? TOUTES)}
              allowDeselect={false}
              searchable={lignes.length > 8}
              error={errors.ligne}
            />
          )}
          {demarche.choix_envoi.map(({ champ, libelle, valeurs, actuel }) => (
            <Radio.Group key={champ} label={libelle} description="Pour ce document seulement." value={choix[champ] ?? actuel ?? ''} onChange={(value) => setChoix({ ...choix, [champ]: value })} error={errors[champ]}>
              <Group mt={6}>{valeurs.map(([cle, mots]) => <Radio key={cle} value={cle} label={mots} />)}</Group>
            </Radio.Group>
          ))}
          <p className={classes.hint}>Il est rempli avec les informations de la démarche et rejoint les documents.</p>
        </>
      )}
    </CommandDialog>
  )
}

/** Amount typed in euros, sent in integer cents; empty means no price. */
function usePrix(demarche: DemarcheView) {
  const [euros, setEuros] = useState<number | string>(demarche.prix === null ? '' : demarche.prix / 100)
  const cents = euros === '' ? null : Math.round(Number(euros) * 100)
  return { euros, setEuros, cents }
}

function PrixField({ euros, onChange, error, mention }: { euros: number | string; onChange: (value: number | string) => void; error?: string | undefined; mention: string }) {
  return <NumberInput label={`Prix de la prestation, ${mention}`} value={euros} onChange={onChange} decimalScale={2} fixedDecimalScale min={0} max={10_000_000} suffix={`${NBSP}€`} error={error} data-autofocus />
}

function Prix({ demarche, onClose }: Props) {
  const { send } = useCommands(demarche.id)
  const { euros, setEuros, cents } = usePrix(demarche)
  const [mention, setMention] = useState(demarche.prix_mention || 'HT')
  return (
    <CommandDialog
      titre="Prix de la prestation"
      action="Enregistrer"
      onClose={onClose}
      onSubmit={async (key) => {
        await send({ chemin: '/prix', methode: 'PUT', body: { montant: cents, mention } }, key)
        toastDone('Prix enregistré')
      }}
    >
      {(errors) => (
        <>
          <div className={classes.amount}>
            <PrixField euros={euros} onChange={setEuros} mention={mention} error={errors.montant} />
            <SegmentedControl aria-label="Mention" data={['HT', 'TTC']} value={mention} onChange={setMention} />
          </div>
          <p className={classes.hint}>Le client voit ce prix dès qu’il est enregistré. Laissez vide pour le retirer.</p>
        </>
      )}
    </CommandDialog>
  )
}

function ValiderDemande({ demarche, onClose }: Props) {
  const { send } = useCommands(demarche.id)
  const { euros, setEuros, cents } = usePrix(demarche)
  return (
    <CommandDialog
      titre="Valider la demande"
      action="Valider et ouvrir le dossier"
      onClose={onClose}
      onSubmit={async (key) => {
        await send({ chemin: '/validation', body: cents === null ? {} : { prix: cents } }, key)
        toastDone('Demande validée, dossier ouvert')
      }}
    >
      {(errors) => (
        <>
          <p className={classes.hint}>Le dossier s’ouvre avec les réponses de la demande : rien à ressaisir. Un <span className="el-insecable">e-mail</span> l’annonce à {demarche.client_nom}.</p>
          <PrixField euros={euros} onChange={setEuros} mention={demarche.prix_mention} error={errors.prix} />
        </>
      )}
    </CommandDialog>
  )
}

function Precision({ demarche, onClose }: Props) {
  const { send } = useCommands(demarche.id)
  const [message, setMessage] = useState('')
  const [date, setDate] = useState<string | null>(null)
  return (
    <CommandDialog
      titre="Demander une précision"
      action="Envoyer la question"
      onClose={onClose}
      check={(): FieldErrors => (message.trim() ? {} : { message: 'Écrivez votre question.' })}
      onSubmit={async (key) => {
        await send({ chemin: '/informations', body: { message: message.trim(), ...(date ? { due_at: instantOf(date, '18:00') } : {}) } }, key)
        toastDone('Question envoyée')
      }}
    >
      {(errors) => (
        <>
          <Textarea label="Votre question" required minRows={4} maxLength={5000} value={message} onChange={(event) => setMessage(event.currentTarget.value)} error={errors.message} data-autofocus />
          <DateField label="Réponse attendue avant le" value={date} onChange={setDate} min={dayFromToday(0)} error={errors.due_at} />
        </>
      )}
    </CommandDialog>
  )
}

function Reaffecter({ demarche, onClose }: Props) {
  const { send } = useCommands(demarche.id)
  const { data: staff } = useQuery(equipeQuery)
  const roles = demarche.roles.filter(({ side }) => side === 'cabinet')
  const [role, setRole] = useState(roles[0]?.cle ?? null)
  const holder = demarche.equipe.find((member) => member.role === role)
  const [user, setUser] = useState<string | null>(null)
  return (
    <CommandDialog
      titre="Réaffecter"
      action="Réaffecter"
      onClose={onClose}
      check={(): FieldErrors => (user ? {} : { user_id: 'Choisissez une personne.' })}
      onSubmit={async (key) => {
        await send({ chemin: `/equipe/${role}`, methode: 'PUT', body: { user_id: user } }, key)
        toastDone('Démarche réaffectée')
      }}
    >
      {(errors) => (
        <>
          {roles.length > 1 && <Select label="Rôle" data={roles.map(({ cle, libelle }) => ({ value: cle, label: libelle }))} value={role} onChange={(value) => { setRole(value); setUser(null) }} allowDeselect={false} />}
          <Select
            label={roles.length > 1 ? 'Confié à' : (roles[0]?.libelle ?? 'Conseiller principal')}
            {...(holder ? { description: `Aujourd’hui : ${holder.nom}.` } : {})}
            placeholder="Choisir une personne"
            searchable
            data={(staff ?? []).filter(({ id }) => id !== holder?.user_id).map(({ id, prenom, nom }) => ({ value: id, label: `${prenom} ${nom}` }))}
            value={user}
            onChange={setUser}
            error={errors.user_id}
            required
          />
          <p className={classes.hint}>Les tâches ouvertes de ce rôle, les relances et les courriels en attente passent à cette personne. Les tâches données à quelqu’un d’autre et les documents ne changent pas. Le client voit le changement.</p>
        </>
      )}
    </CommandDialog>
  )
}

/** One more person of the firm, with a role of their own on this démarche (EQP-04). */
function Renfort({ demarche, onClose }: Props) {
  const { send } = useCommands(demarche.id)
  const { data: staff } = useQuery(equipeQuery)
  const [user, setUser] = useState<string | null>(null)
  const [role, setRole] = useState('')
  return (
    <CommandDialog
      titre="Ajouter à l’équipe"
      action="Ajouter"
      onClose={onClose}
      check={(): FieldErrors => ({
        ...(user ? {} : { user_id: 'Choisissez une personne.' }),
        ...(role.trim() ? {} : { libelle: 'Dites ce que cette personne fait ici.' }),
      })}
      onSubmit={async (key) => {
        await send({ chemin: `/renforts/${user}`, methode: 'PUT', body: { libelle: role.trim() } }, key)
        toastDone('Équipe complétée')
      }}
    >
      {(errors) => (
        <>
          <Select
            label="Personne"
            placeholder="Choisir une personne"
            searchable
            data={(staff ?? []).map(({ id, prenom, nom }) => ({ value: id, label: `${prenom} ${nom}` }))}
            value={user}
            onChange={setUser}
            error={errors.user_id}
            required
          />
          <Autocomplete
            label="Rôle sur cette démarche"
            data={['Chef de mission', 'Expert fiscal', 'Formaliste', 'Gestionnaire administratif']}
            maxLength={60}
            value={role}
            onChange={setRole}
            error={errors.libelle}
            required
          />
          <p className={classes.hint}>Cette personne voit la démarche et peut recevoir des tâches. Les rôles du modèle ne changent pas de main. Le client voit l’ajout.</p>
        </>
      )}
    </CommandDialog>
  )
}

function DateCle({ demarche, champ, onClose }: Props & { champ: string }) {
  const { send } = useCommands(demarche.id)
  const date = demarche.dates_cles.find((each) => each.champ === champ)
  const [valeur, setValeur] = useState<string | null>(date?.valeur ?? null)
  const [motif, setMotif] = useState('')
  return (
    <CommandDialog
      titre={`Changer : ${date?.libelle.toLowerCase() ?? champ}`}
      action="Changer la date"
      onClose={onClose}
      check={() => ({
        ...(!valeur ? { valeur: 'Choisissez une date.' } : valeur === date?.valeur ? { valeur: 'C’est déjà cette date.' } : {}),
        ...(motif.trim() ? {} : { motif: 'Indiquez un motif.' }),
      })}
      onSubmit={async (key) => {
        await send({ chemin: '/dates', body: { champ, valeur, motif: motif.trim() } }, key)
        if (valeur) toastDone(`${date?.libelle ?? 'Date'} : ${longDate(valeur)}`)
      }}
    >
      {(errors) => (
        <>
          <DateField label={date?.libelle ?? 'Date'} value={valeur} onChange={setValeur} error={errors.valeur ?? errors[champ.split('.').at(-1) ?? '']} required />
          <Textarea label="Motif, lu par le client" required value={motif} onChange={(event) => setMotif(event.currentTarget.value)} error={errors.motif} minRows={2} maxLength={2000} />
          <p className={classes.hint}>Les échéances des tâches et les relances calculées d’après cette date sont recalculées, sauf celles fixées à la main. Les tâches ouvertes le restent, les documents déjà produits sont à refaire, les courriels en attente partent.</p>
        </>
      )}
    </CommandDialog>
  )
}

/** Something that happened outside eLaska: its day, and its form when it has one. */
function Constater({ demarche, evenement, onClose }: Props & { evenement: EvenementView }) {
  const { send } = useCommands(demarche.id)
  const [jour, setJour] = useState<string | null>(dayFromToday(0))
  const chemin = `/evenements/${evenement.cle}`
  if (evenement.formulaire) return <ConstaterParFormulaire demarche={demarche} evenement={evenement} nom={evenement.formulaire} onClose={onClose} />
  return (
    <CommandDialog
      titre={evenement.titre}
      action="Enregistrer"
      onClose={onClose}
      check={(): FieldErrors => (jour ? {} : { survenu_le: 'Choisissez une date.' })}
      onSubmit={async (key) => {
        await send({ chemin, body: { survenu_le: jour } }, key)
        toastDone(`Enregistré${NBSP}: ${evenement.titre}`)
      }}
    >
      {(errors) => (
        <>
          {evenement.description && <p className={classes.hint}>{evenement.description}</p>}
          <DateField label="Survenu le" value={jour} onChange={setJour} error={errors.survenu_le} required />
        </>
      )}
    </CommandDialog>
  )
}

function ConstaterParFormulaire({ demarche, evenement, nom, onClose }: Props & { evenement: EvenementView; nom: string }) {
  const { send } = useCommands(demarche.id)
  const form = useQuery(formulaireQuery(demarche.id, nom))
  const key = useRef(crypto.randomUUID())
  return (
    <Dialog opened onClose={onClose} title={evenement.titre} size={760} closeOnClickOutside={false}>
      {form.data ? (
        <DynamicForm
          schema={form.data.schema}
          uiSchema={form.data.ui}
          data={form.data.donnees}
          action="Enregistrer"
          onDraft={() => { key.current = crypto.randomUUID() }}
          onSubmit={async (donnees) => {
            await send({ chemin: `/evenements/${evenement.cle}`, body: { donnees } }, key.current)
            toastDone(`Enregistré${NBSP}: ${evenement.titre}`)
            onClose()
          }}
        />
      ) : form.error ? <ErrorState error={form.error} onRetry={() => void form.refetch()} />
        : <SkeletonRows lignes={5} hauteur={64} />}
    </Dialog>
  )
}

function Formulaire({ demarche, nom, etape, onClose }: Props & { nom: string; etape: string }) {
  const form = useQuery(formulaireQuery(demarche.id, nom))
  return (
    <Dialog opened onClose={onClose} title={form.data?.titre ?? 'Formulaire'} size={760} closeOnClickOutside={false}>
      {form.data ? <FormulaireContent demarche={demarche} form={form.data} etape={etape} onClose={onClose} />
        : form.error ? <ErrorState error={form.error} onRetry={() => void form.refetch()} />
        : <SkeletonRows lignes={5} hauteur={64} />}
    </Dialog>
  )
}

const DRAFT_MS = 900

function FormulaireContent({ demarche, form, etape, onClose }: Props & { form: EtapeForm; etape: string }) {
  const { send } = useCommands(demarche.id)
  const [note, setNote] = useState<string | null>(form.brouillon_at ? `Brouillon enregistré à${NBSP}${spokenHour(form.brouillon_at)}` : null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const key = useRef(crypto.randomUUID())
  const draft = (donnees: Record<string, unknown>): void => {
    key.current = crypto.randomUUID()
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      call<{ enregistre_at: string }>('PUT', `/api/demarches/${demarche.id}/formulaires/${form.nom}/brouillon`, { body: { donnees } })
        .then(({ enregistre_at }) => setNote(`Brouillon enregistré à${NBSP}${spokenHour(enregistre_at)}`))
        .catch(() => setNote('Brouillon non enregistré.'))
    }, DRAFT_MS)
  }
  return (
    <DynamicForm
      schema={form.schema}
      uiSchema={form.ui}
      data={form.brouillon ?? form.donnees}
      onDraft={draft}
      brouillon={note}
      action="Enregistrer le formulaire"
      titre={form.titre}
      onSubmit={async (donnees) => {
        clearTimeout(timer.current)
        await send({ chemin: `/formulaires/${form.nom}`, body: { donnees, etape: form.etape ?? etape, ...(form.visit === null ? {} : { visit: form.visit }) } }, key.current)
        toastDone('Formulaire enregistré')
        onClose()
      }}
    />
  )
}
