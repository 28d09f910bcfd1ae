import { Button, NumberInput } from '@mantine/core'
import '@shared/theme/composants.css'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { IconCircleCheck, IconShieldCheck } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { ApiError, call, messageOf } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Email } from '@shared/components/Email'
import { SkeletonRows } from '@shared/components/States'
import { money, NBSP, phone } from '@shared/format'
import { STROKE } from '@shared/icons'
import classes from './PayerPage.module.css'

type Compte = components['schemas']['PagePaiement']
type Paiement = components['schemas']['EtatPaiement']

const ATTENTE_MS = 2500
const ENCORE = new Set(['commence', 'en_cours'])
/** What was due when the payer left for the provider's page. */
const DU_AVANT = 'el-du-avant'

/** What a debtor sees: who acts for whom, how much is due, and how to pay it, whole or in part (REC-29). */
export function PayerPage() {
  const { jeton } = useParams({ strict: false }) as { jeton: string }
  const { paiement, abandon } = useSearch({ strict: false }) as { paiement?: string; abandon?: boolean }
  const base = `/api/payer/${encodeURIComponent(jeton)}`
  const client = useQueryClient()
  const [avant] = useState(() => Number(sessionStorage.getItem(DU_AVANT)))
  const etat = useQuery({
    queryKey: ['payer', jeton, paiement],
    queryFn: async ({ signal }) => {
      const found = await call<Paiement>('GET', `${base}/paiements/${encodeURIComponent(paiement ?? '')}`, { signal })
      // What is due was read before this payment.
      if (found.statut === 'paye') await client.refetchQueries({ queryKey: ['payer', jeton], exact: true })
      return found
    },
    enabled: paiement !== undefined,
    retry: false,
    // The provider tells us a moment after it sends the payer back.
    refetchInterval: ({ state }) => (state.data && ENCORE.has(state.data.statut) ? ATTENTE_MS : false),
  })
  const paye = etat.data?.statut === 'paye'
  const compte = useQuery({
    queryKey: ['payer', jeton],
    queryFn: ({ signal }) => call<Compte>('GET', base, { signal }),
    retry: false,
    // The payment is entered in the account a moment after it is received.
    refetchInterval: ({ state }) => (paye && state.data?.montant_du === avant ? ATTENTE_MS : false),
  })
  const [change, setChange] = useState(false)
  const reread = async (): Promise<void> => {
    const { data } = await compte.refetch()
    setChange(data !== undefined && data.montant_du !== compte.data?.montant_du)
  }
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        {etat.data && paye && compte.data ? <Recu compte={compte.data} jeton={jeton} montant={etat.data.montant} compris={!compte.error && compte.data.montant_du !== avant} />
          : compte.error ? <Refus error={compte.error} onRetry={() => void compte.refetch()} />
          : !compte.data ? <><h1 className="el-hors-vue">Paiement</h1><SkeletonRows lignes={3} hauteur={70} /></>
          // Another amount due, another form: somebody else may have paid by the same link.
          : <Payer key={compte.data.montant_du} compte={compte.data} base={base} etat={etat.data} abandon={abandon === true} change={change} onPerime={() => void reread()} />}
      </div>
    </main>
  )
}

interface PayerProps {
  compte: Compte
  base: string
  etat: Paiement | undefined
  abandon: boolean
  change: boolean
  onPerime: () => void
}

function Payer({ compte, base, etat, abandon, change, onPerime }: PayerProps) {
  const due = compte.montant_du
  const [montant, setMontant] = useState<number | string>(due / 100)
  const [error, setError] = useState<string | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const cents = typeof montant === 'number' ? Math.round(montant * 100) : 0
  const pay = async (): Promise<void> => {
    setError(null)
    setFailure(null)
    if (cents < compte.minimum || cents > compte.maximum) {
      setError(`Entrez un montant entre ${money(compte.minimum)} et ${money(compte.maximum)}.`)
      return
    }
    setBusy(true)
    try {
      const { url } = await call<{ url: string }>('POST', base, { body: { montant: cents } })
      sessionStorage.setItem(DU_AVANT, String(due))
      location.assign(url)
    } catch (refusal) {
      setBusy(false)
      const field = refusal instanceof ApiError ? refusal.errors[0]?.detail : undefined
      if (field) setError(field)
      else setFailure(messageOf(refusal))
      // What is due has changed since the page was opened.
      if (refusal instanceof ApiError && (refusal.status === 409 || refusal.status === 422)) onPerime()
    }
  }
  return (
    <form className={classes.form} noValidate onSubmit={(event) => { event.preventDefault(); void pay() }}>
      <header>
        <p className={classes.firm}>{compte.cabinet}</p>
        <p>agit pour le compte de <strong>{compte.creancier}</strong></p>
      </header>
      {etat && ENCORE.has(etat.statut) && <p className={classes.told} role="status">Votre paiement de {money(etat.montant)} est en cours de confirmation.</p>}
      {etat?.statut === 'ecart' && <p className={classes.told} role="status">Votre paiement est vérifié par nos soins. Inutile de payer de nouveau.</p>}
      {((etat && (etat.statut === 'echec' || etat.statut === 'expire')) || (abandon && !etat)) && <p className={classes.told} role="status">Ce paiement n’a pas abouti. Rien n’a été débité.</p>}
      {change && <p className={classes.told} role="status">Le montant dû a changé depuis que vous avez ouvert cette page. Voici ce qu’il reste à régler.</p>}
      <div className={classes.due}>
        <h1>Montant total dû</h1>
        <p>{money(due)}</p>
      </div>
      {due <= 0 ? (
        <p className={classes.paid} role="status"><IconCircleCheck size={22} stroke={STROKE} aria-hidden />Tout est réglé : il ne reste rien à payer. Merci.</p>
      ) : compte.en_ligne ? (
        <>
          <NumberInput
            label="Montant à payer"
            description="Vous pouvez payer en plusieurs fois."
            value={montant}
            onChange={setMontant}
            decimalScale={2}
            fixedDecimalScale
            decimalSeparator=","
            thousandSeparator={NBSP}
            allowedDecimalSeparators={[',', '.']}
            hideControls
            inputMode="decimal"
            suffix={`${NBSP}€`}
            error={error}
          />
          {failure && <p className={classes.error} role="alert">{failure}</p>}
          <Button type="submit" fullWidth loading={busy}>Payer maintenant</Button>
          <p className={classes.note}><IconShieldCheck size={20} stroke={STROKE} aria-hidden />Vous payez sur la page sécurisée de notre prestataire. Nous ne voyons pas votre carte.</p>
        </>
      ) : (
        <p className={classes.told}>Le paiement en ligne n’est pas ouvert. Contactez-nous pour régler.</p>
      )}
      <Contact compte={compte} />
    </form>
  )
}

/** `compris`: what the account says is due takes this payment into account. */
function Recu({ compte, jeton, montant, compris }: { compte: Compte; jeton: string; montant: number; compris: boolean }) {
  return (
    <div className={classes.form} role="status">
      <IconCircleCheck size={44} stroke={STROKE} aria-hidden className={classes.ok} />
      <h1>Merci, votre paiement est reçu</h1>
      <p><strong>{money(montant)}</strong> ont été réglés à {compte.creancier}. {compte.cabinet} en est informé.</p>
      {compris && compte.montant_du > 0 && <p><Link to="/payer/$jeton" params={{ jeton }} search={{}}>Voir ce qu’il reste à régler</Link></p>}
      <Contact compte={compte} />
    </div>
  )
}

function Contact({ compte }: { compte: Compte }): ReactNode {
  if (!compte.telephone && !compte.email) return null
  return (
    <p className={classes.contact}>
      Une question, une difficulté ? {compte.telephone && <a href={`tel:${compte.telephone}`}>{phone(compte.telephone)}</a>}
      {compte.telephone && compte.email && ' · '}
      {compte.email && <a href={`mailto:${compte.email}`}><Email adresse={compte.email} /></a>}
    </p>
  )
}

function Refus({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const status = error instanceof ApiError ? error.status : 0
  // A link cut by a mail reader is too short to be one.
  const unknown = status === 404 || status === 422
  const gone = unknown || status === 410
  return (
    <div className={classes.form}>
      <h1>{unknown ? 'Ce lien est introuvable' : gone ? 'Ce lien ne sert plus' : 'Cette page ne répond pas'}</h1>
      <p role="alert">{status === 422 ? 'Ce lien est incomplet. Ouvrez-le depuis le message reçu, ou copiez-le en entier.' : messageOf(error)}</p>
      {!gone && <Button variant="default" onClick={onRetry}>Réessayer</Button>}
    </div>
  )
}
