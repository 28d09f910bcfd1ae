import { useState } from 'react'
import { Card } from '@shared/components/Card'
import classes from './QrCode.module.css'

/** A QR code and what it opens; nothing where it cannot be had, as without a network (QR-04). */
export function QrCode({ adresse, texte }: { adresse: string; texte: string }) {
  const [missing, setMissing] = useState(false)
  if (missing) return null
  return (
    <Card className={classes.card}>
      <img src={adresse} alt="Code QR" width={112} height={112} loading="lazy" onError={() => setMissing(true)} />
      <p>{texte}</p>
    </Card>
  )
}
