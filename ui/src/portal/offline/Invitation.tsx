import { Button } from '@mantine/core'
import { IconDeviceMobile, IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { Card } from '@shared/components/Card'
import { STROKE } from '@shared/icons'
import { useInstall } from './install'
import classes from './Invitation.module.css'

const MARK = 'el-installation'
const DAYS = 60
const TITLE = 'Gardez votre espace sous la main'

/** Safari on a phone never offers by itself: the person has to go through its own menu. */
const apple = /iphone|ipad/i.test(navigator.userAgent) && !matchMedia('(display-mode: standalone)').matches

const refused = (): boolean => Date.now() - Number(localStorage.getItem(MARK) ?? 0) < DAYS * 86_400_000

/** « Installez votre espace », where it can be, until the person says later (PWA-01). */
export function Invitation() {
  const install = useInstall()
  const [hidden, setHidden] = useState(refused)
  if (hidden || !(install || apple)) return null
  const later = (): void => {
    localStorage.setItem(MARK, String(Date.now()))
    setHidden(true)
  }
  return (
    <section aria-label={TITLE}>
      <Card>
        <div className={classes.head}>
          <IconDeviceMobile size={26} stroke={STROKE} aria-hidden />
          <h2>{TITLE}</h2>
        </div>
        <p className={classes.text}>
          {install ? 'Il s’ouvre d’un geste, même sans réseau, et vous prévient de ce qui change.' : 'Touchez le bouton Partager de votre navigateur, puis « Sur l’écran d’accueil ». Votre espace s’ouvrira d’un geste, même sans réseau.'}
        </p>
        <div className={classes.actions}>
          {install && <Button variant="light" leftSection={<IconDownload size={20} stroke={STROKE} />} onClick={install}>Installer</Button>}
          <Button variant="subtle" onClick={later}>Plus tard</Button>
        </div>
      </Card>
    </section>
  )
}
