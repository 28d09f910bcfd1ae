import { Pagination } from '@mantine/core'

const CONTROLS = { first: 'Première page', previous: 'Page précédente', next: 'Page suivante', last: 'Dernière page' }

/** The pages of a list; nothing when it holds in one. */
export function Pages({ total, page, onChange }: { total: number; page: number; onChange: (page: number) => void }) {
  if (total < 2) return null
  return (
    <Pagination
      total={total}
      value={Math.min(page, total)}
      onChange={onChange}
      size="sm"
      mt="md"
      getControlProps={(control) => ({ 'aria-label': CONTROLS[control] })}
      getItemProps={(item) => ({ 'aria-label': `Page ${item}` })}
    />
  )
}
