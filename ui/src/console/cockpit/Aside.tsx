import { ActionIcon } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconMail, IconPhone, IconUserPlus, IconUserShare } from '@tabler/icons-react'
import type { DemarcheView, ParticipantView } from '@shared/api/types'
import { Avatar } from '@shared/components/Avatar'
import { Card } from '@shared/components/Card'
import { Email } from '@shared/components/Email'
import { StatusBadge } from '@shared/components/StatusBadge'
import { TurnMark } from '@shared/components/TurnMark'
import { capital, count, daysUntil, hour, type Instant, NBSP, nowOf, phone, relativeDay, shortDate } from '@shared/format'
import { STROKE } from '@shared/icons'
import { tiersDetailQuery } from '../api/queries'
import { useCommands } from '../api/commands'
import { tiersTypes } from '../components/tiers'
import classes from './Aside.module.css'
import type { CockpitDialog } from './dialogs'
import { can, underWay } from './droits'
import { duesOf } from './echeances'
import { Intervenants } from './Intervenants'
import { RENFORT } from './people'

interface Props {
  demarche: DemarcheView
  onDialog: (dialog: CockpitDialog) => void
  onTache: (id: string) => void
}

/** Client, people with a link, next due dates, team. */
export function Aside({ demarche, onDialog, onTache }: Props) {
  return (
    <div className={classes.stack}>
      <ClientCard demarche={demarche} />
      {demarche.participants.length > 0 && <Participants demarche={demarche} />}
      <Dues demarche={demarche} onTache={onTache} />
      <Team demarche={demarche} onDialog={onDialog} />
      <Intervenants demarche={demarche} />
    </div>
  )
}

function ClientCard({ demarche }: { demarche: DemarcheView }) {
  const { data } = useQuery(tiersDetailQuery(demarche.client_id))
  const contact = data?.contacts[0]
  return (
    <Card>
      <div className={classes.person}>
        <Avatar nom={demarche.client_nom} taille={40} />
        <div>
          <p className={classes.strong}>{demarche.client_nom}</p>
          <p className={classes.soft}>{data ? [tiersTypes[data.type] ?? data.type, city(data.adresse)].filter(Boolean).join(' · ') : NBSP}</p>
        </div>
      </div>
      {(contact || data?.telephone || data?.email) && (
        <div className={classes.contact}>
          {contact && (
            <div className={classes.person}>
              <Avatar nom={`${contact.prenom} ${contact.nom}`} taille={28} />
              <div>
                <p className={classes.strong}>{contact.prenom} {contact.nom}</p>
                {contact.fonction && <p className={classes.soft}>{contact.fonction}</p>}
              </div>
            </div>
          )}
          {data?.telephone && <a className={classes.reach} href={`tel:${data.telephone.replace(/\s/g, '')}`}><IconPhone size={15} stroke={STROKE} aria-hidden />{phone(data.telephone)}</a>}
          {(contact?.email ?? data?.email) && <a className={classes.reach} href={`mailto:${contact?.email ?? data?.email}`}><IconMail size={15} stroke={STROKE} aria-hidden /><span><Email adresse={contact?.email ?? data?.email ?? ''} /></span></a>}
        </div>
      )}
      <Link className={classes.all} to="/demarches" search={{ client: demarche.client_id, etat: 'toutes' } as never}>Toutes ses démarches</Link>
    </Card>
  )
}

/** Town of a postal address, the part after its postal code. */
const city = (adresse: string | null): string => adresse?.match(/\b\d{5}\s+(.+)$/m)?.[1] ?? ''

function Participants({ demarche }: { demarche: DemarcheView }) {
  const { run } = useCommands(demarche.id)
  const mayInvite = can(demarche, 'participant.inviter') && underWay(demarche)
  return (
    <Card>
      <h2 className={classes.title}>Participants</h2>
      <ul className={classes.list}>
        {demarche.participants.map((participant) => (
          <li key={participant.cle}>
            <div className={classes.person}>
              <Avatar nom={participant.nom} taille={28} />
              <div>
                <p className={classes.strong}>{participant.nom}</p>
                <p className={classes.soft}>{participant.libelle}</p>
              </div>
            </div>
            <p className={classes.link}><StatusBadge objet="document" cle={linkOf(participant).cle} perso={{ libelle: linkOf(participant).libelle }} /></p>
            {mayInvite && (
              <button type="button" className={classes.action} onClick={() => void run({ chemin: `/participants/${participant.cle}/invitation` }, { dit: `Nouveau lien envoyé à ${participant.nom}` })}>
                Renvoyer le lien
              </button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}

function linkOf({ revoked, expires_at }: ParticipantView): { cle: string; libelle: string } {
  if (revoked) return { cle: 'echec', libelle: 'Accès retiré' }
  if (Date.parse(expires_at) < Date.now()) return { cle: 'perime', libelle: `Lien expiré le ${shortDate(expires_at)}` }
  return { cle: 'disponible', libelle: `Lien valable jusqu’au ${shortDate(expires_at)}` }
}

function Dues({ demarche, onTache }: { demarche: DemarcheView; onTache: (id: string) => void }) {
  const now = nowOf(demarche)
  const dues = duesOf(demarche)
  const shown = dues.slice(0, 5)
  return (
    <Card>
      <h2 className={classes.title}>Prochaines échéances</h2>
      {shown.length === 0 ? <p className={classes.soft}>Aucune échéance en vue.</p> : (
        <ul className={classes.dues}>
          {shown.map((due) => {
            const days = daysUntil(due.at, now)
            const content = (
              <>
                <span className={classes.date} data-jour={days === 0 || undefined} data-retard={days < 0 || undefined}><strong>{shortDate(due.at).slice(0, 2)}</strong>{months[Number(shortDate(due.at).slice(3, 5)) - 1]}</span>
                <span className={classes.dueText}><strong>{due.titre}</strong><span>{inDays(due.at, days, now)}</span></span>
                <TurnMark tour={due.tour} />
              </>
            )
            return <li key={due.cle}>{due.tache ? <button type="button" onClick={() => onTache(due.tache ?? '')}>{content}</button> : <div>{content}</div>}</li>
          })}
        </ul>
      )}
      {dues.length > shown.length && <p className={classes.soft}>et {count(dues.length - shown.length, 'autre')}</p>}
    </Card>
  )
}

const months = ['janv.', 'févr.', 'mars', 'avr.', 'mai', 'juin', 'juil.', 'août', 'sept.', 'oct.', 'nov.', 'déc.']

function inDays(at: string, days: number, now: Instant): string {
  if (days < -1) return `En retard de ${-days}${NBSP}jours`
  if (days === -1) return 'En retard d’un jour'
  if (days > 1) return `Dans ${days}${NBSP}jours`
  const time = at.length > 10 ? `, ${hour(at)}` : ''
  return `${capital(relativeDay(at, now))}${time}`
}

function Team({ demarche, onDialog }: { demarche: DemarcheView; onDialog: (dialog: CockpitDialog) => void }) {
  const { run } = useCommands(demarche.id)
  const open = demarche.cycle === 'ouverte' || demarche.cycle === 'suspendue'
  const entrusting = open && can(demarche, 'equipe.confier')
  return (
    <Card>
      <div className={classes.headRow}>
        <h2 className={classes.title}>Équipe</h2>
        {entrusting && (
          <div className={classes.tools}>
            <ActionIcon size={26} aria-label="Ajouter à l’équipe" onClick={() => onDialog({ type: 'renfort' })}><IconUserPlus size={16} stroke={STROKE} /></ActionIcon>
            <ActionIcon size={26} aria-label="Réaffecter un rôle" onClick={() => onDialog({ type: 'equipe' })}><IconUserShare size={16} stroke={STROKE} /></ActionIcon>
          </div>
        )}
      </div>
      <ul className={classes.list}>
        {demarche.equipe.map((member) => (
          <li key={`${member.role}/${member.nom}`}>
            <div className={classes.person}>
              <Avatar nom={member.nom} photo={member.photo} taille={28} />
              <div>
                <p className={classes.strong}>{member.nom}</p>
                <p className={classes.soft}>{member.libelle}{member.side === 'client' && ', côté client'}</p>
              </div>
            </div>
            {entrusting && member.role === RENFORT && (
              <button type="button" className={classes.action} aria-label={`Retirer ${member.nom} de l’équipe`} onClick={() => void run({ chemin: `/renforts/${member.user_id}/retrait` }, { dit: `${member.nom} quitte l’équipe` })}>
                Retirer
              </button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}
