import { useMoi } from '@shared/api/session'
import { Mountains } from '../components/Hero'

export function HomePage() {
  const moi = useMoi()
  return <div style={{ position: 'relative' }}><h1>Bonjour {moi.prenom}</h1><Mountains /></div>
}
