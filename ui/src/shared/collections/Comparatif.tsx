import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { CollectionView } from '../api/types'
import { Card, Section } from '../components/Card'
import { ConfirmDialog } from '../components/ConfirmDialog'
import { money } from '../format'
import { toneOfColour } from '../statuses'
import classes from './Collections.module.css'
import { useLines } from './useLines'
import { unitPrice } from './values'

interface Cellule { nature: string; valeur: string | null }
interface Offre { id: string; fournisseur: string; offre: string; statut: string; recommandation: string; economie: number | null; refus: string | null }
interface Comparaison {
  abonnement: string
  fournisseur: string
  offre: string
  offres: Offre[]
  lignes: { libelle: string; cellules: Cellule[]; forte: boolean }[]
}
export interface Proposition { comparatifs: Comparaison[]; economie_globale: number; economie_acceptee: number; forme: string }

function cell({ nature, valeur }: Cellule): string {
  if (valeur === null) return '–'
  if (nature === 'montant') return money(Number(valeur))
  if (nature === 'prix_kwh') return unitPrice(valeur)
  return valeur
}

interface Props {
  demarcheId: string
  proposition: Proposition
  /** Lines of the offers: their statuses say who may decide. */
  offres: CollectionView | undefined
  onError?: (error: unknown) => void
}

const VERBES: Record<string, string> = { acceptee: 'Accepter', refusee: 'Refuser', a_ajuster: 'Demander un ajustement' }

/** Current contract against each offer, line by line; the yearly saving stands out; one decision per offer (OPT-12 to OPT-17). */
export function Comparatif({ demarcheId, proposition, offres, onError }: Props) {
  const lines = useLines(demarcheId)
  const [busy, setBusy] = useState<string | null>(null)
  const [asked, setAsked] = useState<Offre | null>(null)
  const decisions = offres?.statuts.filter(({ a_moi, cle }) => a_moi && cle in VERBES) ?? []
  const compared = proposition.comparatifs.filter((each) => each.offres.length > 0)
  const accepted = proposition.economie_acceptee
  const decide = async (offre: Offre, statut: string, motif?: string): Promise<void> => {
    setBusy(offre.id)
    try {
      await lines.setStatut('offres', offre.id, statut, motif)
    } catch (error) {
      onError?.(error)
    } finally {
      setBusy(null)
    }
  }
  if (compared.length === 0) return null
  return (
    <Section titre={proposition.forme === 'globale' ? 'Proposition globale' : 'Proposition'}>
      <div className={classes.saving}>
        <span>Économie annuelle {proposition.forme === 'globale' ? 'totale' : ''}</span>
        <strong>{money(proposition.economie_globale)}</strong>
        {accepted !== 0 && <span>dont {money(accepted)} déjà acceptés</span>}
      </div>
      {compared.map((each) => (
        <Card key={each.abonnement} nue>
          <div className={classes.scroll} tabIndex={0} role="region" aria-label={`Comparatif : ${each.abonnement}`}>
            <table className={classes.compare}>
              <caption className="el-hors-vue">{each.abonnement} : offre actuelle et offres proposées</caption>
              <thead>
                <tr>
                  <th scope="col">Caractéristique<strong>{each.abonnement}</strong></th>
                  <th scope="col">Offre Actuelle<strong>{each.fournisseur}</strong></th>
                  {each.offres.map((offre) => <th key={offre.id} scope="col">Nouvelle Offre<strong>{offre.fournisseur}</strong></th>)}
                </tr>
              </thead>
              <tbody>
                {each.lignes.map(({ libelle, cellules, forte }) => (
                  <tr key={libelle} data-forte={forte || undefined}>
                    <th scope="row">{libelle}</th>
                    {cellules.map((cellule, index) => <td key={index} data-moins={(forte && Number(cellule.valeur ?? 0) <= 0) || undefined}>{cell(cellule)}</td>)}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {each.offres.map((offre) => {
            const statut = offres?.statuts.find(({ cle }) => cle === offre.statut)
            const change = offres?.lignes.find(({ id }) => id === offre.id)?.enfant
            // One change per subscription: once it has begun, nothing is left to decide for this subscription.
            const begun = each.offres.some(({ id }) => offres?.lignes.find((ligne) => ligne.id === id)?.enfant)
            return (
              <div key={offre.id} className={classes.offer}>
                <div>
                  <strong>{offre.fournisseur}, {offre.offre}</strong>{' '}
                  <span className={classes.statut} data-ton={toneOfColour(statut?.couleur ?? 'gris')}>{statut?.libelle ?? offre.statut}</span>
                  {(offre.refus ?? offre.recommandation) && <p>{offre.refus ?? offre.recommandation}</p>}
                </div>
                {change && <Link to="/demarches/$id" params={{ id: change.demarche_id } as never}>Suivre ce changement<span className="el-hors-vue"> : {offre.fournisseur}, {each.abonnement}</span></Link>}
                {decisions.length > 0 && !begun && (
                  <div className={classes.decisions}>
                    {decisions.filter(({ cle }) => cle !== offre.statut).map(({ cle }) => (
                      <Button
                        key={cle}
                        variant={cle === 'acceptee' ? 'filled' : 'default'}
                        loading={busy === offre.id}
                        aria-label={`${VERBES[cle]} : ${offre.fournisseur}, ${each.abonnement}`}
                        onClick={() => (cle === 'a_ajuster' ? setAsked(offre) : void decide(offre, cle))}
                      >
                        {VERBES[cle]}
                      </Button>
                    ))}
                  </div>
                )}
              </div>
            )
          })}
        </Card>
      ))}
      <ConfirmDialog
        ouvert={asked !== null}
        onClose={() => setAsked(null)}
        titre="Que faut-il ajuster ?"
        action="Envoyer ma demande"
        motif={{ libelle: 'Votre demande', placeholder: 'Sans engagement, un autre fournisseur, une option en plus…' }}
        onConfirm={async (motif) => {
          if (asked) await lines.setStatut('offres', asked.id, 'a_ajuster', motif)
          setAsked(null)
        }}
      />
    </Section>
  )
}
