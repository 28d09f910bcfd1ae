import '@shared/theme/composants.css'
import { NativeSelect } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { historiqueQuery } from '@shared/api/queries'
import { useMoi } from '@shared/api/session'
import { Card } from '@shared/components/Card'
import type { Genre } from '@shared/components/Journal'
import { EmptyState } from '@shared/components/States'
import { Fil } from '../components/Fil'
import { Page } from '../components/Page'
import { Bell, TopBar } from '../components/Shell'

/** Everything that happened, in all the démarches of a client (TL-01). */
export function HistoriquePage() {
  const { tiers } = useMoi()
  const [chosen, setChosen] = useState(tiers[0]?.id)
  return (
    <Page
      titre="Mon historique"
      chapeau="Tout ce qui s’est passé dans vos démarches, du plus récent au plus ancien."
      barre={<TopBar titre="Mon historique" retour={{ to: '/', libelle: 'Accueil' }} droite={<Bell />} />}
    >
      {tiers.length > 1 && (
        <NativeSelect label="Pour" data={tiers.map(({ id, nom }) => ({ value: id, label: nom }))} value={chosen} onChange={(event) => setChosen(event.currentTarget.value)} />
      )}
      {chosen ? <OfTiers key={chosen} id={chosen} /> : <Card><EmptyState>Rien pour l’instant.</EmptyState></Card>}
    </Page>
  )
}

function OfTiers({ id }: { id: string }) {
  const [famille, setFamille] = useState<Genre | null>(null)
  const feed = useInfiniteQuery(historiqueQuery(id, famille))
  return (
    <section>
      <h2 className="el-hors-vue">Jour par jour</h2>
      <Fil feed={feed} famille={famille} onFamille={setFamille} nommees />
    </section>
  )
}
