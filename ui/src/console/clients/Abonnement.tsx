import { Button, MultiSelect, Switch } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call, messageOf } from '@shared/api/http'
import { catalogueQuery } from '@shared/api/queries'
import { Card } from '@shared/components/Card'
import { tiersDetailQuery } from '../api/queries'
import { toastDone } from '../components/toasts'
import page from '../pages/ClientPage.module.css'
import classes from './Abonnement.module.css'

/** What the subscription of a client includes; for anything else the client agrees to the price first (DEM-11). */
export function Abonnement({ id, inclus }: { id: string; inclus: string[] | null }) {
  const client = useQueryClient()
  const { data: catalogue } = useQuery(catalogueQuery(id))
  const [chosen, setChosen] = useState(inclus)
  const save = useMutation({
    mutationFn: () => call('PUT', `/api/tiers/${id}/abonnement`, { body: { prestations_incluses: chosen } }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: tiersDetailQuery(id).queryKey })
      void client.invalidateQueries({ queryKey: ['catalogue'] })
      toastDone('Abonnement enregistré')
    },
  })
  const same = JSON.stringify([...(chosen ?? [])].sort()) === JSON.stringify([...(inclus ?? [])].sort()) && (chosen === null) === (inclus === null)
  return (
    <Card>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <h2 className={page.title}>Abonnement</h2>
        <Switch label="Ce client a un abonnement" checked={chosen !== null} onChange={(event) => setChosen(event.currentTarget.checked ? (inclus ?? []) : null)} />
        {chosen !== null && (
          <MultiSelect
            label="Prestations incluses"
            description="Pour les autres, le client confirme d’abord le tarif."
            data={(catalogue ?? []).map(({ modele, titre }) => ({ value: modele, label: titre }))}
            value={chosen}
            onChange={setChosen}
            searchable
            hidePickedOptions
          />
        )}
        {save.error && <p className={classes.error} role="alert">{messageOf(save.error)}</p>}
        {!same && <Button type="submit" loading={save.isPending}>Enregistrer</Button>}
      </form>
    </Card>
  )
}
