import { ActionIcon, Button, Menu } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import {
  IconBan, IconBell, IconBellRinging, IconCalendarEvent, IconCoinEuro, IconCornerDownRight, IconDots, IconEye, IconEyeOff, IconFilePlus, IconFileText, IconFlag, IconFlask,
  IconLinkOff, IconMail, IconMailForward, IconMessage2, IconPhone, IconPlayerPause, IconPlayerPlay, IconPlus, IconUserShare,
} from '@tabler/icons-react'
import { may, useMoi } from '@shared/api/session'
import type { DemarcheView } from '@shared/api/types'
import { type Format, valueText } from '@shared/collections/values'
import { Bandeau } from '@shared/demarche/Bandeau'
import { ProgressSegments, type Segment } from '@shared/components/Progress'
import { References } from '@shared/components/References'
import { StatusBadge } from '@shared/components/StatusBadge'
import { TurnPill } from '@shared/components/TurnPill'
import { count, de, money, NBSP, shortDate } from '@shared/format'
import { STROKE } from '@shared/icons'
import { useCommands } from '../api/commands'
import type { CockpitDialog } from './dialogs'
import classes from './Header.module.css'
import { can, isWorking, underWay } from './droits'

interface Props {
  demarche: DemarcheView
  onDialog: (dialog: CockpitDialog) => void
  onWrite: () => void
}

/** Title, status, turn, progress, counters, quick actions (DOS-08, DOS-09). */
export function Header({ demarche, onDialog, onWrite }: Props) {
  const adviser = demarche.equipe.find((member) => member.side === 'cabinet')
  const open = demarche.cycle === 'ouverte' || demarche.cycle === 'suspendue'
  const working = isWorking(demarche)
  const mayPrice = can(demarche, 'prix.fixer')
  const done = demarche.etapes.filter((etape) => etape.statut === 'valide' || etape.statut === 'passee').length
  const running = demarche.etapes.filter((etape) => etape.statut === 'en_cours').length
  // A summary with words in it is a card of its own (CRE-23); a few figures stand beside the others.
  const card = demarche.chiffres.some(({ format }) => format === 'texte')
  const summary = `${count(done, 'étape validée', 'étapes validées')} sur ${demarche.etapes_total}${running > 0 ? `, ${running} en cours` : ''}`
  return (
    <header className={classes.header}>
      <div className={classes.top}>
        <div className={classes.title}>
          <h1>{demarche.titre}</h1>
          <StatusBadge objet={demarche.phase === 'demande' ? 'demande' : 'demarche'} cle={demarche.statut.cle} perso={demarche.statut} />
          {demarche.priorite === 'urgente' && demarche.closed_at === null && <StatusBadge objet="tache" cle="en_retard" perso={{ libelle: 'Urgent' }} />}
        </div>
        <div className={classes.actions}>
          {working && (
            <>
              <Button variant="default" className={classes.wide} leftSection={<IconPlus size={16} stroke={STROKE} />} onClick={() => onDialog({ type: 'tache' })} aria-keyshortcuts="T">Nouvelle Tâche</Button>
              <Button variant="default" className={classes.wide} leftSection={<IconPhone size={16} stroke={STROKE} />} onClick={() => onDialog({ type: 'appel' })}>Nouvel Appel</Button>
              <Button variant="default" className={classes.wide} leftSection={<IconMail size={16} stroke={STROKE} />} onClick={() => onDialog({ type: 'courriel' })}>Nouvel Email</Button>
              <Button variant="default" className={classes.wide} leftSection={<IconMessage2 size={16} stroke={STROKE} />} onClick={onWrite} aria-keyshortcuts="C">Note ou message</Button>
              <Button className={classes.main} leftSection={<IconBellRinging size={16} stroke={STROKE} />} onClick={() => onDialog({ type: 'action' })} aria-keyshortcuts="A">Demander une Action Client</Button>
            </>
          )}
          <MoreMenu demarche={demarche} open={open} working={working} onDialog={onDialog} onWrite={onWrite} />
        </div>
      </div>
      <p className={classes.meta}>
        {open && <TurnPill tour={demarche.turn} nom={turnName(demarche)} />}
        <Link to="/clients/$id" params={{ id: demarche.client_id } as never} className={classes.client}>{demarche.client_nom}</Link>
        {demarche.parent && <Link to={`/demarches/${demarche.parent.demarche_id}`} className={classes.client}><References>{`Sous-démarche de ${demarche.parent_reference ?? 'la démarche principale'}`}</References></Link>}
        {demarche.liees.map((liee) => <Link key={liee.id} to={`/demarches/${liee.id}`} className={classes.client} title={liee.titre}><References>{`${liee.suite ? 'A mené à' : 'Ouverte depuis'} ${liee.reference}`}</References></Link>)}
        <span>{demarche.modele_titre}, version {demarche.modele_version}</span>
        <span>{dates(demarche)}</span>
        {!demarche.au_portail && <span className={classes.cachee}><IconEyeOff size={14} stroke={STROKE} aria-hidden /> Hors du portail du client</span>}
        {demarche.lecture_seule && <span>Lecture seule</span>}
        {adviser && <span>{adviser.nom}</span>}
      </p>
      {demarche.bandeau.length > 0 && <Bandeau bandeau={demarche.bandeau} />}
      {card && <dl className={classes.card}><Chiffres chiffres={demarche.chiffres} /></dl>}
      <div className={classes.figures}>
        <div className={classes.progress}>
          <p><strong>{summary}</strong><strong>{demarche.progression}{NBSP}%</strong></p>
          <ProgressSegments segments={demarche.etapes.map(segmentOf)} texte={`${summary}, ${demarche.progression}${NBSP}%`} />
        </div>
        <dl>
          <div><dt>Tâches ouvertes</dt><dd>{demarche.compteurs.taches_ouvertes}</dd></div>
          <div><dt>Pièces validées</dt><dd>{demarche.compteurs.pieces_validees} <span>/ {demarche.compteurs.pieces_total}</span></dd></div>
          <div><dt>Documents</dt><dd>{demarche.compteurs.documents}</dd></div>
          {!card && <Chiffres chiffres={demarche.chiffres} />}
          <div>
            <dt>Prix de la prestation</dt>
            <dd>{demarche.prix === null ? mayPrice ? <button type="button" onClick={() => onDialog({ type: 'prix' })}>À renseigner</button> : '–' : <>{money(demarche.prix)} <span>{demarche.prix_mention}</span></>}</dd>
          </div>
        </dl>
      </div>
    </header>
  )
}

function Chiffres({ chiffres }: Pick<DemarcheView, 'chiffres'>) {
  return chiffres.map(({ cle, libelle, valeur, format }) => <div key={cle}><dt>{libelle}</dt><dd>{valueText(format as Format, valeur)}</dd></div>)
}

function turnName({ turn, attendu }: DemarcheView): string {
  if (turn === 'cabinet') return 'Au tour du cabinet'
  if (turn === 'personne') return 'Rien à faire'
  return attendu?.nom ?? (turn === 'client' ? 'Au tour du client' : 'Chez un tiers')
}

function dates(demarche: DemarcheView): string {
  const opened = shortDate(demarche.opened_at)
  if (demarche.closed_at) return `du ${opened} au ${shortDate(demarche.closed_at)}`
  return demarche.due_at ? `depuis le ${opened}, échéance le ${shortDate(demarche.due_at)}` : `depuis le ${opened}`
}

function segmentOf(etape: DemarcheView['etapes'][number]): Segment {
  if (etape.statut === 'valide') return { ton: 'fait', part: 1 }
  if (etape.statut === 'passee') return { ton: 'neutre', part: 1 }
  if (etape.statut !== 'en_cours') return { ton: 'neutre', part: 0 }
  return { ton: etape.turn === 'personne' ? 'ardoise' : etape.turn, part: Math.max(0.12, etape.part) }
}

interface MenuProps {
  demarche: DemarcheView
  open: boolean
  working: boolean
  onDialog: (dialog: CockpitDialog) => void
  onWrite: () => void
}

/** Everything else that can be done with the démarche. */
function MoreMenu({ demarche, open, working, onDialog, onWrite }: MenuProps) {
  const { run } = useCommands(demarche.id)
  const moi = useMoi()
  const icon = { size: 16, stroke: STROKE }
  const urgent = demarche.priorite === 'urgente'
  return (
    <Menu position="bottom-end" width={270}>
      <Menu.Target>
        <ActionIcon variant="default" size={34} aria-label="Autres actions"><IconDots {...icon} /></ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {working && (
          <>
            {/* On a phone, there is room for one button only. */}
            <Menu.Item className={classes.narrow} leftSection={<IconPlus {...icon} />} onClick={() => onDialog({ type: 'tache' })}>Nouvelle tâche…</Menu.Item>
            <Menu.Item className={classes.narrow} leftSection={<IconPhone {...icon} />} onClick={() => onDialog({ type: 'appel' })}>Nouvel appel…</Menu.Item>
            <Menu.Item className={classes.narrow} leftSection={<IconMail {...icon} />} onClick={() => onDialog({ type: 'courriel' })}>Nouvel email…</Menu.Item>
            <Menu.Item className={classes.narrow} leftSection={<IconMessage2 {...icon} />} onClick={onWrite}>Note ou message</Menu.Item>
            <Menu.Item leftSection={<IconBell {...icon} />} onClick={() => onDialog({ type: 'notification' })}>Écrire une notification…</Menu.Item>
            {can(demarche, 'piece.valider') && <Menu.Item leftSection={<IconFilePlus {...icon} />} onClick={() => onDialog({ type: 'piece' })}>Demander une pièce…</Menu.Item>}
            {demarche.documents_possibles.length > 0 && (
              <Menu.Item leftSection={<IconFileText {...icon} />} onClick={() => onDialog({ type: 'document' })}>Produire un document…</Menu.Item>
            )}
          </>
        )}
        {underWay(demarche) && can(demarche, 'demarche.piloter') && demarche.dates_cles.filter(({ valeur }) => valeur).map(({ champ, libelle }) => (
          <Menu.Item key={champ} leftSection={<IconCalendarEvent {...icon} />} onClick={() => onDialog({ type: 'date', champ })}>Changer : {libelle.toLowerCase()}…</Menu.Item>
        ))}
        {demarche.cycle === 'ouverte' && can(demarche, 'demarche.piloter') && (
          <Menu.Item
            leftSection={<IconFlag {...icon} />}
            onClick={() => void run({ methode: 'PUT', chemin: '/priorite', body: { priorite: urgent ? 'normale' : 'urgente' } }, { dit: urgent ? 'Priorité normale' : 'Marquée urgente' })}
          >
            {urgent ? 'Retirer l’urgence' : 'Marquer urgente'}
          </Menu.Item>
        )}
        {underWay(demarche) && can(demarche, 'demarche.piloter') && (
          <Menu.Item
            leftSection={demarche.au_portail ? <IconEyeOff {...icon} /> : <IconEye {...icon} />}
            onClick={() => void run({ methode: 'PUT', chemin: '/portail', body: { visible: !demarche.au_portail } }, { dit: demarche.au_portail ? 'Retirée du portail du client' : 'Visible sur le portail du client' })}
          >
            {demarche.au_portail ? 'Retirer du portail du client' : 'Montrer sur le portail du client'}
          </Menu.Item>
        )}
        {can(demarche, 'prix.fixer') && <Menu.Item leftSection={<IconCoinEuro {...icon} />} onClick={() => onDialog({ type: 'prix' })}>Modifier le prix…</Menu.Item>}
        {open && can(demarche, 'equipe.confier') && <Menu.Item leftSection={<IconUserShare {...icon} />} onClick={() => onDialog({ type: 'equipe' })}>Réaffecter…</Menu.Item>}
        {underWay(demarche) && can(demarche, 'participant.inviter') && demarche.participants.map((participant) => (
          <Menu.Item
            key={participant.cle}
            leftSection={<IconMailForward {...icon} />}
            onClick={() => void run({ chemin: `/participants/${participant.cle}/invitation` }, { dit: `Nouveau lien envoyé à ${participant.nom}` })}
          >
            Renvoyer le lien {de(participant.nom)}
          </Menu.Item>
        ))}
        {underWay(demarche) && can(demarche, 'participant.inviter') && demarche.participants.filter((participant) => !participant.revoked).map((participant) => (
          <Menu.Item key={participant.cle} leftSection={<IconLinkOff {...icon} />} onClick={() => onDialog({ type: 'revocation', cle: participant.cle })}>
            Retirer l’accès {de(participant.nom)}…
          </Menu.Item>
        ))}
        {may(moi, 'demarche.ouvrir') && <Menu.Item leftSection={<IconCornerDownRight {...icon} />} component={Link} to="/nouvelle" search={{ client: demarche.client_id, depuis: demarche.id } as never}>Ouvrir une démarche liée…</Menu.Item>}
        <Menu.Item leftSection={<IconFileText {...icon} />} onClick={() => onDialog({ type: 'export' })}>Exporter en PDF…</Menu.Item>
        <Menu.Item leftSection={<IconEye {...icon} />} component={Link} to={`/demarches/${demarche.id}/vue-client`}>Ce que le client voyait</Menu.Item>
        {may(moi, 'modele.ecrire') && <Menu.Item leftSection={<IconFlask {...icon} />} onClick={() => onDialog({ type: 'scenario' })}>Faire un scénario de cette démarche…</Menu.Item>}
        {open && (can(demarche, 'demarche.piloter') || can(demarche, 'demarche.annuler')) && <Menu.Divider />}
        {open && can(demarche, 'demarche.piloter') && (demarche.cycle === 'suspendue' ? (
          <Menu.Item leftSection={<IconPlayerPlay {...icon} />} onClick={() => void run({ chemin: '/reprise' }, { dit: 'Démarche reprise' })}>Reprendre la démarche</Menu.Item>
        ) : (
          <Menu.Item leftSection={<IconPlayerPause {...icon} />} onClick={() => onDialog({ type: 'suspension' })}>Suspendre…</Menu.Item>
        ))}
        {open && can(demarche, 'demarche.annuler') && <Menu.Item className={classes.danger} leftSection={<IconBan {...icon} />} onClick={() => onDialog({ type: 'annulation' })}>Annuler la démarche…</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  )
}
