import { Button } from '@mantine/core'
import { useState } from 'react'
import type { CollectionView, LectureView } from '../api/types'
import { Card } from '../components/Card'
import { ConfirmDialog } from '../components/ConfirmDialog'
import { EmptyState } from '../components/States'
import { money, NBSP, shortDate } from '../format'
import { toneOfColour } from '../statuses'
import classes from './Collections.module.css'
import { SideBySide } from './SideBySide'
import { useLines } from './useLines'

interface Offre {
  id: string
  banque: string
  bail: boolean
  taux: string | null
  mensualite: number | null
  premier_loyer: number | null
  valeur_residuelle: number | null
  a_payer: number | null
  cout_total: number | null
  mensualite_annoncee: number | null
  cout_annonce: number | null
  annonce: string | null
  taeg: string | null
  endettement: string | null
  reste_a_vivre: number | null
  repere: string | null
  moins_chere: boolean
  expiree: boolean
  refus: string | null
}
interface Comparatif { offres: Offre[]; ecart: number | null }

interface Props {
  demarcheId: string
  lecture: LectureView
  /** Lines of the offers: their statuses say who may decide, and their legal days. */
  offres: CollectionView | undefined
  onError?: (error: unknown) => void
}

const VERBES: Record<string, string> = { acceptee: 'Accepter', refusee: 'Refuser' }
const amount = (value: number | null): string => (value === null ? '–' : money(value))

interface Row {
  libelle: string
  valeur: (offre: Offre) => string
  forte?: boolean
  /** Shown only where an offer has something to say of it; always, else. */
  si?: (offre: Offre) => boolean
}

/** Criteria of these offers: rents where one is a lease, ratios where the household is known, announced figures that differ (CPR-02). */
function rowsOf(offres: Offre[]): Row[] {
  const leased = offres.filter(({ bail }) => bail).length
  const all: Row[] = [
    { libelle: 'Taux', valeur: ({ taux }) => (taux === null ? '–' : `${taux.replace('.', ',')}${NBSP}%`), si: ({ bail }) => !bail },
    { libelle: leased === 0 ? 'Mensualité' : leased === offres.length ? 'Loyer' : 'Mensualité ou loyer', valeur: ({ mensualite }) => amount(mensualite) },
    { libelle: 'Premier loyer', valeur: ({ premier_loyer }) => amount(premier_loyer), si: ({ bail }) => bail },
    { libelle: 'Valeur résiduelle', valeur: ({ valeur_residuelle }) => amount(valeur_residuelle), si: ({ bail }) => bail },
    { libelle: 'Total à payer, option levée', valeur: ({ a_payer }) => amount(a_payer), si: ({ bail }) => bail },
    { libelle: 'Coût Total', valeur: ({ cout_total }) => amount(cout_total), forte: true },
    { libelle: 'Annoncé par la banque', valeur: announced, si: ({ annonce }) => annonce !== null },
    { libelle: leased === 0 ? 'TAEG' : 'TAEG ou taux équivalent', valeur: ({ taeg }) => taeg ?? '–' },
    { libelle: 'Endettement après projet', valeur: ({ endettement }) => endettement ?? '–', si: ({ endettement }) => endettement !== null },
    { libelle: 'Reste à vivre', valeur: ({ reste_a_vivre }) => amount(reste_a_vivre), si: ({ reste_a_vivre }) => reste_a_vivre !== null },
    { libelle: 'Repère HCSF', valeur: ({ repere }) => repere ?? '–', si: ({ repere }) => repere !== null },
  ]
  return all.filter(({ si }) => !si || offres.some(si))
}

/** The bank's own figures, where ours say otherwise. */
function announced({ annonce, mensualite_annoncee, cout_annonce }: Offre): string {
  if (annonce === null) return '–'
  const told = [mensualite_annoncee !== null && `${money(mensualite_annoncee)} par mois`, cout_annonce !== null && `${money(cout_annonce)} en tout`]
  return told.filter(Boolean).join(', ')
}

/** « Comparatif des Offres »: every bank's offer computed alike, side by side, then one decision (CRE-12, CRE-24). */
export function OffresPret({ demarcheId, lecture, offres, onError }: Props) {
  const lines = useLines(demarcheId)
  const [busy, setBusy] = useState<string | null>(null)
  const [asked, setAsked] = useState<Offre | null>(null)
  const compared = (lecture.valeur as unknown as Comparatif).offres
  if (compared.length === 0) return <Card><EmptyState>Aucune offre reçue pour l’instant.</EmptyState></Card>
  const decide = async (offre: Offre, statut: string): Promise<void> => {
    setBusy(offre.id)
    try {
      await lines.setStatut('offres', offre.id, statut)
    } catch (error) {
      onError?.(error)
    } finally {
      setBusy(null)
    }
  }
  const line = (offre: Offre) => offres?.lignes.find(({ id }) => id === offre.id)
  const taken = offres?.lignes.some(({ statut }) => statut === 'acceptee') ?? false
  return (
    <Card nue>
      <SideBySide
        titre="Comparatif des Offres"
        legende="Offres de prêt, côte à côte"
        colonnes={compared.map((offre) => ({ id: offre.id, mention: offre.expiree && line(offre)?.statut === 'recue' ? 'Expirée' : offre.moins_chere ? 'La moins chère' : 'Offre', nom: offre.banque }))}
        lignes={rowsOf(compared).map(({ libelle, valeur, forte }) => ({ libelle, forte, valeurs: compared.map(valeur) }))}
      />
      {compared.map((offre) => {
        const ligne = line(offre)
        const decisions = taken
          ? []
          : (offres?.statuts.filter(({ a_moi, cle }) => a_moi && cle in VERBES && cle !== ligne?.statut && !(offre.expiree && cle === 'acceptee')) ?? [])
        const first = ligne?.calcule.acceptable_le
        const last = ligne?.calcule.tenue_jusqu_au
        return (
          <div key={offre.id} className={classes.offer}>
            <div>
              <strong>{offre.banque}</strong>{' '}
              {ligne && <span className={classes.statut} data-ton={toneOfColour(ligne.couleur ?? 'gris')}>{ligne.statut_libelle}</span>}
              {offre.refus && <p>{offre.refus}</p>}
              {offre.annonce && <p className={classes.told}>{offre.annonce}</p>}
              {ligne?.statut === 'recue' && offre.expiree && typeof last === 'string' && (
                <p>Offre tenue jusqu’au {shortDate(last)} seulement : elle ne peut plus être acceptée. Il faut en demander une nouvelle à la banque.</p>
              )}
              {ligne?.statut === 'recue' && !offre.expiree && typeof first === 'string' && typeof last === 'string' && (
                <p>Offre tenue jusqu’au {shortDate(last)}. Pour un prêt immobilier, acceptation à partir du {shortDate(first)}, après dix jours révolus de réflexion.</p>
              )}
            </div>
            {decisions.length > 0 && (
              <div className={classes.decisions}>
                {decisions.map(({ cle }) => (
                  <Button
                    key={cle}
                    variant={cle === 'acceptee' ? 'filled' : 'default'}
                    loading={busy === offre.id}
                    aria-label={`${VERBES[cle]} : ${offre.banque}`}
                    onClick={() => (cle === 'acceptee' ? setAsked(offre) : void decide(offre, cle))}
                  >
                    {VERBES[cle]}
                  </Button>
                ))}
              </div>
            )}
          </div>
        )
      })}
      <ConfirmDialog
        ouvert={asked !== null}
        onClose={() => setAsked(null)}
        titre={`Accepter l’offre de ${asked?.banque ?? ''} ?`}
        action="Accepter cette offre"
        onConfirm={async () => {
          if (asked) await lines.setStatut('offres', asked.id, 'acceptee')
          setAsked(null)
        }}
      >
        Une seule offre peut être acceptée. Nous préviendrons les autres banques.
      </ConfirmDialog>
    </Card>
  )
}

export default OffresPret
