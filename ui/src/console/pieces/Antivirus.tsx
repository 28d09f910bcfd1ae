import { useQuery } from '@tanstack/react-query'
import { IconShieldCheck, IconShieldOff, IconShieldQuestion, IconShieldX } from '@tabler/icons-react'
import { analysesQuery } from '@shared/api/queries'
import { STROKE } from '@shared/icons'

const STATES = {
  absente: { icone: IconShieldOff, texte: 'Analyse antivirus non configurée' },
  attente: { icone: IconShieldQuestion, texte: 'Analyse antivirus en attente' },
  ecarte: { icone: IconShieldX, texte: 'Écarté par l’antivirus' },
  saine: { icone: IconShieldCheck, texte: 'Aucune menace trouvée par l’antivirus' },
} as const

/** What the antivirus says of these files (SEC-14). */
export function Antivirus({ demarche, fichiers }: { demarche: string; fichiers: readonly string[] }) {
  const { data } = useQuery(analysesQuery(demarche))
  if (!data || fichiers.length === 0) return null
  const kept = fichiers.map((id) => data.fichiers[id]).filter((verdict) => verdict !== undefined)
  const state = kept.includes('infectee') ? 'ecarte' : kept.length > 0 ? 'attente' : data.configuree ? 'saine' : 'absente'
  const { icone: Icone, texte } = STATES[state]
  return <p><Icone size={18} stroke={STROKE} aria-hidden />{texte}</p>
}
