import { Button, SegmentedControl, Switch, useMantineColorScheme } from '@mantine/core'
import { IconLogout } from '@tabler/icons-react'
import { useState } from 'react'
import { useLogout, useMoi } from '@shared/api/session'
import { Avatar } from '@shared/components/Avatar'
import { Card } from '@shared/components/Card'
import { Email } from '@shared/components/Email'
import { PasswordForm } from '@shared/components/PasswordForm'
import { enableShortcuts, shortcutsEnabled } from '@shared/hooks/useShortcuts'
import { STROKE } from '@shared/icons'
import { NotificationChoices } from '@shared/notifications/NotificationChoices'
import { Screen, ScreenHead } from '../components/Screen'
import { useWorkspace } from '../components/Workspace'
import { MaPhoto } from './MaPhoto'
import classes from './ProfilPage.module.css'

/** One's own account: identity, appearance, shortcuts, password, logout (UX-11, SEC-03). */
export function ProfilPage() {
  const moi = useMoi()
  const logout = useLogout()
  const { openHelp } = useWorkspace()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const [keys, setKeys] = useState(shortcutsEnabled)
  return (
    <Screen fil={[{ libelle: 'Mon profil' }]}>
      <div className={classes.page}>
        <ScreenHead titre="Mon profil">
          <Button variant="default" leftSection={<IconLogout size={16} stroke={STROKE} />} onClick={() => void logout()}>Se déconnecter</Button>
        </ScreenHead>
        <Card>
          <div className={classes.me}>
            <Avatar nom={`${moi.prenom} ${moi.nom}`} initiales={moi.initiales} photo={moi.photo} taille={64} />
            <div>
              <p className={classes.name}>{moi.prenom} {moi.nom}</p>
              {moi.email && <p className={classes.soft}><Email adresse={moi.email} /></p>}
            </div>
          </div>
          <MaPhoto photo={moi.photo ?? null} />
        </Card>
        <Card>
          <h2 className={classes.title}>Affichage</h2>
          <div className={classes.row}>
            <p id="theme">Thème</p>
            <SegmentedControl
              aria-labelledby="theme"
              value={colorScheme}
              onChange={(value) => setColorScheme(value as typeof colorScheme)}
              data={[{ value: 'light', label: 'Clair' }, { value: 'dark', label: 'Sombre' }, { value: 'auto', label: 'Système' }]}
            />
          </div>
          <div className={classes.row}>
            <p>Raccourcis clavier <button type="button" className={classes.link} onClick={openHelp}>Voir la liste</button></p>
            <Switch
              aria-label="Raccourcis d’une seule touche"
              checked={keys}
              onChange={(event) => {
                enableShortcuts(event.currentTarget.checked)
                setKeys(event.currentTarget.checked)
              }}
            />
          </div>
        </Card>
        <Card>
          <h2 className={classes.title}>Notifications</h2>
          <NotificationChoices />
        </Card>
        <Card>
          <h2 className={classes.title}>Mot de passe</h2>
          <PasswordForm />
        </Card>
      </div>
    </Screen>
  )
}
