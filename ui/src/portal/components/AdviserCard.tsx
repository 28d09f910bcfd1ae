import { Button } from '@mantine/core'
import { IconMail, IconPhone } from '@tabler/icons-react'
import type { Conseiller } from '@shared/api/types'
import { Avatar } from '@shared/components/Avatar'
import { Card } from '@shared/components/Card'
import { Email } from '@shared/components/Email'
import { phone } from '@shared/format'
import { STROKE } from '@shared/icons'
import classes from './AdviserCard.module.css'

/** The client's adviser, with how to reach them. */
export function AdviserCard({ conseiller: c }: { conseiller: Conseiller }) {
  const name = `${c.prenom} ${c.nom}`
  return (
    <Card>
      <div className={classes.head}>
        <Avatar nom={name} initiales={c.initiales} photo={c.photo} taille={56} />
        <div className={classes.names}>
          <span>{c.titre ?? 'Conseiller'}</span>
          <strong>{name}</strong>
        </div>
      </div>
      <div className={classes.actions}>
        {c.ligne_directe && (
          <Button component="a" href={`tel:${c.ligne_directe.replace(/\s/g, '')}`} variant="light" leftSection={<IconPhone size={20} stroke={STROKE} />}>Appeler</Button>
        )}
        {c.email && (
          <Button component="a" href={`mailto:${c.email}`} variant="light" leftSection={<IconMail size={20} stroke={STROKE} />}>Écrire</Button>
        )}
      </div>
      {c.ligne_directe && <p className={classes.line}>Ligne directe : {phone(c.ligne_directe)}</p>}
      {c.email && <p className={classes.line}><Email adresse={c.email} /></p>}
    </Card>
  )
}
