import '@shared/theme/composants.css'
import { Button, SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconBell, IconChevronRight, IconDownload, IconHelpCircle, IconHistory, IconLogout, IconPlus, IconUser } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { cabinetQuery, conseillerQuery, demarchesQuery } from '@shared/api/queries'
import { useLogout, useMoi } from '@shared/api/session'
import type { Cabinet } from '@shared/api/types'
import { Card, Section } from '@shared/components/Card'
import { Email } from '@shared/components/Email'
import { PasswordForm } from '@shared/components/PasswordForm'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { STROKE } from '@shared/icons'
import { NotificationChoices } from '@shared/notifications/NotificationChoices'
import { NotFoundPage } from '@shared/pages/NotFoundPage'
import { HOME_LIST } from '../attentes'
import { AdviserCard } from '../components/AdviserCard'
import { IconTile } from '../components/IconTile'
import { Page } from '../components/Page'
import { Rubriques } from '../components/Rubriques'
import { Bell, CabinetCard, TopBar } from '../components/Shell'
import { useInstall } from '../offline/install'
import classes from './Lists.module.css'

export function PortalNotFound() {
  return <NotFoundPage retour={<Link to="/">Retour à l’accueil</Link>} />
}

const reachable = ({ adresse, telephone, email }: Cabinet): boolean => Boolean(adresse ?? telephone ?? email)

/** Whom to reach: the adviser, then the firm. */
export function ContactPage() {
  const conseiller = useQuery(conseillerQuery)
  const cabinet = useQuery(cabinetQuery)
  const demarches = useQuery(demarchesQuery(HOME_LIST))
  const error = conseiller.error ?? cabinet.error
  return (
    <Page
      titre="Une question ?"
      chapeau="Au sujet d’une démarche, écrivez depuis sa page : toute l’équipe suit la réponse."
      etroite
      barre={<TopBar titre="Contact" retour={{ to: '/', libelle: 'Accueil' }} droite={<Bell />} />}
    >
      {error && <ErrorState error={error} onRetry={() => { void conseiller.refetch(); void cabinet.refetch() }} />}
      {!error && (conseiller.isPending || cabinet.isPending) && <SkeletonRows lignes={2} hauteur={150} />}
      {conseiller.data && <Section titre="Votre Conseiller"><AdviserCard conseiller={conseiller.data} /></Section>}
      {conseiller.data === null && cabinet.data && !reachable(cabinet.data) && <EmptyState>Les coordonnées arrivent bientôt ici.</EmptyState>}
      {cabinet.data && reachable(cabinet.data) && (
        <Section titre="Le cabinet">
          <Card>
            <CabinetCard cabinet={cabinet.data} />
            {cabinet.data.horaires && <p className={classes.muted}>{cabinet.data.horaires}</p>}
          </Card>
        </Section>
      )}
      {demarches.data !== undefined && demarches.data.total > 0 && (
        <Button component={Link} to="/demarches" variant="outline">Écrire au sujet d’une démarche</Button>
      )}
    </Page>
  )
}

export function ProfilPage() {
  const moi = useMoi()
  const logout = useLogout()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const install = useInstall()
  return (
    <Page titre="Mon profil" etroite barre={<TopBar titre="Mon profil" retour={{ to: '/', libelle: 'Accueil' }} droite={<Bell />} />}>
      <Card>
        <dl className={classes.facts}>
          <div><dt>Nom</dt><dd>{moi.prenom} {moi.nom}</dd></div>
          {moi.email && <div><dt>Adresse email</dt><dd><Email adresse={moi.email} /></dd></div>}
          {moi.tiers.length > 0 && <div><dt>Vous agissez pour</dt><dd>{moi.tiers.map(({ nom }) => nom).join(', ')}</dd></div>}
        </dl>
      </Card>
      <Section titre="Notifications"><Card><NotificationChoices /></Card></Section>
      <Section titre="Mot de passe"><Card><PasswordForm /></Card></Section>
      <Section titre="Apparence">
        <SegmentedControl
          aria-label="Thème"
          fullWidth
          size="md"
          radius="xl"
          data={[{ value: 'light', label: 'Clair' }, { value: 'dark', label: 'Sombre' }, { value: 'auto', label: 'Système' }]}
          value={colorScheme}
          onChange={(value) => setColorScheme(value as typeof colorScheme)}
        />
      </Section>
      {install && (
        <Section titre="Application">
          <Card>
            <p className={classes.muted}>Installez votre espace sur cet appareil : il s’ouvre d’un geste, même sans réseau.</p>
            <Button mt="md" fullWidth variant="light" leftSection={<IconDownload size={22} stroke={STROKE} />} onClick={install}>Installer l’application</Button>
          </Card>
        </Section>
      )}
      <Button variant="outline" leftSection={<IconLogout size={22} stroke={STROKE} />} onClick={() => void logout()}>Se déconnecter</Button>
    </Page>
  )
}

const more = [
  { to: '/services', libelle: 'Nouvelle Demande', icone: IconPlus },
  { to: '/notifications', libelle: 'Notifications', icone: IconBell },
  { to: '/historique', libelle: 'Mon historique', icone: IconHistory },
  { to: '/contact', libelle: 'Contact', icone: IconHelpCircle },
  { to: '/profil', libelle: 'Mon profil', icone: IconUser },
] as const

/** Fifth tab of the phone's foot. */
export function PlusPage() {
  const logout = useLogout()
  return (
    <Page titre="Plus" etroite barre={<TopBar titre="Plus" droite={<Bell />} />}>
      <Rubriques />
      <Card nue>
        <ul>
          {more.map(({ to, libelle, icone }) => (
            <li key={to}>
              <Link to={to} className={classes.row}>
                <IconTile icone={icone} taille={42} />
                <strong>{libelle}</strong>
                <IconChevronRight size={22} stroke={STROKE} aria-hidden />
              </Link>
            </li>
          ))}
        </ul>
      </Card>
      <Button variant="outline" leftSection={<IconLogout size={22} stroke={STROKE} />} onClick={() => void logout()}>Se déconnecter</Button>
    </Page>
  )
}
