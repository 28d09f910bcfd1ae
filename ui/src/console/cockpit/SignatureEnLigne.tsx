import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconSignature } from '@tabler/icons-react'
import type { DocumentView } from '@shared/api/types'
import { shortDate } from '@shared/format'
import { STROKE } from '@shared/icons'
import { useCommands } from '../api/commands'
import { signaturesQuery } from '../api/queries'
import classes from './Documents.module.css'

const STATUTS = {
  preparation: 'Part à la signature',
  en_cours: 'Chez les signataires',
  signe: 'Signé en ligne',
  refuse: 'Signature refusée',
  expire: 'Signature expirée',
  annule: 'Envoi à la signature annulé',
} as const

/** A document that people sign: where its last sending stands, and the way to send it; by hand where nothing is set up (CRE-21). */
export function SignatureEnLigne({ document, demarcheId, working }: { document: DocumentView; demarcheId: string; working: boolean }) {
  const { run } = useCommands(demarcheId)
  const { data } = useQuery(signaturesQuery(demarcheId))
  if (!data) return null
  const last = data.items.find((item) => item.document === document.id)
  const away = last?.statut === 'en_cours' || last?.statut === 'preparation'
  return (
    <>
      {last && <p className={classes.soft}>{STATUTS[last.statut]}, le {shortDate(last.maj)}</p>}
      {document.a_signer && !data.en_ligne && <p className={classes.soft}>Signature à la main : le signataire imprime ce document et dépose l’exemplaire signé.</p>}
      {document.a_signer && data.en_ligne && !away && working && (
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconSignature size={15} stroke={STROKE} />}
          onClick={() => void run({ chemin: `/documents/${document.id}/signature` }, { dit: 'Le document part à la signature' })}
        >
          {last ? 'Renvoyer à la signature' : 'Faire signer en ligne'}
        </Button>
      )}
    </>
  )
}
