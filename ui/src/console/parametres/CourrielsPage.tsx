import { TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconMail, IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { call } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Card } from '@shared/components/Card'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { count, shortDate } from '@shared/format'
import { STROKE } from '@shared/icons'
import { COURRIELS, ROOT } from './courriels'
import { LigneModele } from './LigneModele'
import { Reglages } from './Reglages'
import classes from './Reglages.module.css'

type Resume = components['schemas']['CourrielResume']

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** Every mail that the firm sends; those that were rewritten say so (NOT-05). */
export function CourrielsPage() {
  const { data, error, refetch } = useQuery({ queryKey: COURRIELS, queryFn: ({ signal }) => call<Resume[]>('GET', ROOT, { signal }) })
  const [cherche, setCherche] = useState('')
  const found = data?.filter((each) => plain([each.objet, each.cle, each.cle.replaceAll('_', ' '), ...each.modeles].join(' ')).includes(plain(cherche.trim())))
  const rewritten = data?.filter((each) => each.modifie).length ?? 0
  return (
    <Reglages droit="courriel.regler" sousTitre={data ? `${count(data.length, 'modèle d’email', 'modèles d’emails')}, ${rewritten === 0 ? 'tous d’origine' : count(rewritten, 'réécrit', 'réécrits')}` : ' '}>
      <TextInput
        className={classes.filtre} aria-label="Chercher un email" placeholder="Chercher un objet, une démarche…" value={cherche}
        leftSection={<IconSearch size={16} stroke={STROKE} />} onChange={(event) => setCherche(event.currentTarget.value)}
      />
      {!found ? <Card nue={!error}>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={8} hauteur={56} />}</Card>
        : found.length === 0 ? <Card><EmptyState>Aucun email ne correspond.</EmptyState></Card>
        : (
          <Card nue>
            <ul>
              {found.map((each) => (
                <li key={each.cle}>
                  <LigneModele vers={`/parametres/courriels/${each.cle}`} icone={IconMail} titre={each.objet} echec={Boolean(each.echec)} marque={each.modifie ? (each.format === 'html' ? 'HTML importé' : 'Réécrit') : undefined}>
                    <code>{each.cle}</code> · {[usage(each), each.updated_at && `réécrit le ${shortDate(each.updated_at)}`].filter(Boolean).join(' · ')}
                  </LigneModele>
                </li>
              ))}
            </ul>
          </Card>
        )}
    </Reglages>
  )
}

/** Those that no modèle sends. */
const others: Record<string, string> = { recapitulatif: 'la cloche', message: 'écrit par un conseiller', acces_invitation: 'accès au portail', acces_oubli: 'mot de passe oublié' }

const usage = ({ cle, modeles }: Resume): string =>
  others[cle] ?? (modeles.length === 0 ? 'aucune démarche publiée' : modeles.length <= 2 ? modeles.join(', ') : count(modeles.length, 'démarche', 'démarches'))
