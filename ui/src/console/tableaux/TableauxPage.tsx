import { SegmentedControl, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { IconColumns3 } from '@tabler/icons-react'
import { call } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Card, Section } from '@shared/components/Card'
import { References } from '@shared/components/References'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { count, money, NBSP, shortDate } from '@shared/format'
import { STROKE } from '@shared/icons'
import { Screen, ScreenHead } from '../components/Screen'
import classes from './Tableaux.module.css'

type Courtage = components['schemas']['TableauCourtage']
type Recouvrement = components['schemas']['TableauRecouvrement']
type Sinistres = components['schemas']['TableauSinistres']
type Subventions = components['schemas']['TableauSubventions']
type Part = components['schemas']['PartVue']

const VUES = {
  courtage: { onglet: 'Courtage', titre: 'Courtage', Vue: Brokerage },
  sinistres: { onglet: 'Sinistres', titre: 'Sinistres', Vue: Losses },
  recouvrement: { onglet: 'Recouvrement', titre: 'Recouvrement', Vue: Claims },
  subventions: { onglet: 'Subventions', titre: 'Suivi des Aides et Subventions', Vue: Grants },
} as const
type Nom = keyof typeof VUES
const YEARS = 5
/** Boards of the open démarches of a trade (SIN-12, TDB-08). */
const PIPES = {
  sinistres: [
    { modele: 'sinistre_dommages', libelle: 'Pipe Sinistres' },
    { modele: 'sinistre_prevoyance', libelle: 'Pipe Prévoyance' },
  ],
  courtage: [{ modele: 'credit', libelle: 'Pipe Crédits' }],
} as const
const thisYear = (): number => new Date().getFullYear()

/** « Tableaux de bord »: brokerage, losses, claims, and grants, over one year (TDB-07, CRE-03, SIN-22, REC-31, ASO-02,
 * ASO-03). */
export function TableauxPage() {
  const search = useSearch({ strict: false }) as { tableau?: string; annee?: string }
  const navigate = useNavigate()
  const nom: Nom = search.tableau && Object.hasOwn(VUES, search.tableau) ? (search.tableau as Nom) : 'courtage'
  const { titre, Vue } = VUES[nom]
  const annee = Number(search.annee) || thisYear()
  const go = (next: { tableau?: string; annee?: string }): void => void navigate({ to: '/tableaux', search: { ...search, ...next } as never, replace: true })
  return (
    <Screen fil={[{ libelle: 'Tableaux de bord' }]}>
      <ScreenHead titre={titre} sousTitre={`Année ${annee}`}>
        <SegmentedControl
          classNames={{ root: classes.tableaux }}
          aria-label="Quel tableau de bord"
          value={nom}
          onChange={(value) => go({ tableau: value })}
          data={Object.entries(VUES).map(([value, { onglet }]) => ({ value, label: onglet }))}
        />
        <Select
          aria-label="Année"
          w={104}
          allowDeselect={false}
          value={String(annee)}
          data={Array.from({ length: YEARS }, (_, back) => String(thisYear() - back))}
          onChange={(value) => value && go({ annee: value })}
        />
      </ScreenHead>
      <Vue annee={annee} />
    </Screen>
  )
}

/** A dashboard over one year, or over all the years from the first to the last. */
const tableauQuery = <T,>(nom: Nom, annee: number, derniere: number = annee) => ({
  queryKey: ['demarches', 'tableau', nom, annee, derniere],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    call<T>('GET', `/api/tableaux/${nom}`, { query: { debut: `${annee}-01-01`, fin: `${derniere}-12-31` }, signal }),
})

function Brokerage({ annee }: { annee: number }) {
  const { data, error, refetch } = useQuery(tableauQuery<Courtage>('courtage', annee))
  if (!data) return error ? <Card><ErrorState error={error} onRetry={() => void refetch()} /></Card> : <Card nue><SkeletonRows lignes={5} hauteur={90} /></Card>
  return (
    <>
      <Kpis
        items={[
          { libelle: 'Production Totale', valeur: money(data.production), aide: count(data.dossiers, 'offre acceptée', 'offres acceptées') },
          { libelle: 'Honoraires Clients', valeur: money(data.honoraires), aide: 'des mêmes dossiers' },
          { libelle: 'Dossiers Refusés/Abandonnés', valeur: `${data.refuses} / ${data.abandonnes}`, aide: 'clos dans l’année' },
          { libelle: 'Dossiers en cours', valeur: String(data.en_cours), aide: 'aujourd’hui' },
        ]}
      />
      <Partial shown={data.incomplet} />
      <Pipes items={[...PIPES.sinistres, ...PIPES.courtage]} />
      <div className={classes.columns}>
        <Section titre="Production par Banque"><Bars parts={data.par_banque} unite="offre" vide="Aucune offre acceptée cette année." /></Section>
        <Section titre="Tâches du courtage">
          <Card>
            {data.taches.length === 0 ? <EmptyState>Rien à faire sur les dossiers de crédit.</EmptyState> : (
              <ul className={classes.list}>
                {data.taches.map((tache) => (
                  <li key={`${tache.demarche_id}-${tache.label}`}>
                    <Link to="/demarches/$id" params={{ id: tache.demarche_id }}>{tache.label}</Link>
                    <span className={classes.context}><References>{`${tache.client_nom} · ${tache.reference} · ${tache.nom}`}</References></span>
                    {tache.due_at && <span className={classes.due} data-retard={tache.retard || undefined}>{tache.retard ? 'En retard depuis le' : 'Avant le'} {shortDate(tache.due_at)}</span>}
                  </li>
                ))}
              </ul>
            )}
          </Card>
        </Section>
      </div>
      <Section titre="Dernières actions sur les dossiers de crédit">
        <Card>
          {data.activite.length === 0 ? <EmptyState>Rien encore.</EmptyState> : (
            <ul className={classes.list}>
              {data.activite.map((line) => (
                <li key={line.id}>
                  <span>{line.titre}</span>
                  <span className={classes.context}>
                    <Link to="/demarches/$id" params={{ id: line.demarche_id }}>{line.demarche}</Link> · {line.acteur ?? 'eLaska'} · {shortDate(line.at)}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </Card>
      </Section>
    </>
  )
}

/** Claims by type of risk, which the loss ratio reads (SIN-22). */
function Losses({ annee }: { annee: number }) {
  const { data, error, refetch } = useQuery(tableauQuery<Sinistres>('sinistres', annee))
  if (!data) return error ? <Card><ErrorState error={error} onRetry={() => void refetch()} /></Card> : <Card nue><SkeletonRows lignes={5} hauteur={90} /></Card>
  return (
    <>
      <Kpis
        items={[
          { libelle: 'Sinistres survenus', valeur: String(data.dossiers), aide: 'dans l’année' },
          { libelle: 'En cours', valeur: String(data.en_cours), aide: 'parmi eux' },
          { libelle: 'Clos', valeur: String(data.clos), aide: 'parmi eux' },
          { libelle: 'Indemnités versées', valeur: money(data.indemnise), aide: `${count(data.versements, 'versement')} dans l’année` },
        ]}
      />
      <Partial shown={data.incomplet} />
      <Pipes items={PIPES.sinistres} />
      <div className={classes.columns}>
        <Section titre="Par type de risque"><Bars parts={data.par_risque} unite="sinistre" vide="Aucun sinistre survenu cette année." parNombre /></Section>
        <Section titre="Par compagnie"><Bars parts={data.par_compagnie} unite="sinistre" vide="Aucun sinistre survenu cette année." parNombre /></Section>
      </div>
    </>
  )
}

function Claims({ annee }: { annee: number }) {
  const { data, error, refetch } = useQuery(tableauQuery<Recouvrement>('recouvrement', annee))
  if (!data) return error ? <Card><ErrorState error={error} onRetry={() => void refetch()} /></Card> : <Card nue><SkeletonRows lignes={5} hauteur={90} /></Card>
  return (
    <>
      <Kpis
        items={[
          { libelle: 'Encours à recouvrer', valeur: money(data.encours), aide: 'reste dû aujourd’hui' },
          { libelle: 'Dont en retard', valeur: money(data.en_retard), aide: 'échéance passée' },
          { libelle: 'Montants récupérés', valeur: money(data.recupere), aide: `${count(data.reglements, 'règlement reçu', 'règlements reçus')} dans l’année` },
          { libelle: 'Dossiers en cours', valeur: String(data.dossiers), aide: 'aujourd’hui' },
        ]}
      />
      <Partial shown={data.incomplet} />
      <Section titre="Encours par client"><Bars parts={data.par_client} unite="dossier" vide="Aucune créance à recouvrer aujourd’hui." /></Section>
    </>
  )
}

function Grants({ annee }: { annee: number }) {
  const { data, error, refetch } = useQuery(tableauQuery<Subventions>('subventions', annee))
  if (!data) return error ? <Card><ErrorState error={error} onRetry={() => void refetch()} /></Card> : <Card nue><SkeletonRows lignes={5} hauteur={90} /></Card>
  return (
    <>
      <Kpis
        items={[
          { libelle: 'Budgets prévisionnels', valeur: money(data.budget), aide: count(data.dossiers, 'dossier') },
          { libelle: 'Montant demandé', valeur: money(data.demande), aide: `${data.en_attente} en attente de décision` },
          { libelle: 'Montant voté', valeur: money(data.vote), aide: data.taux === null ? 'aucune décision encore' : `${data.taux}${NBSP}% de ce qui était demandé` },
          { libelle: 'Montant payé', valeur: money(data.paye), aide: 'versements reçus' },
          { libelle: 'Obtenues', valeur: String(data.obtenues), aide: 'pour le montant demandé' },
          { libelle: 'Rectifiées', valeur: String(data.rectifiees), aide: 'pour un autre montant' },
          { libelle: 'Refusées', valeur: String(data.refusees), aide: 'par le financeur' },
        ]}
      />
      <Partial shown={data.incomplet} />
      <div className={classes.columns}>
        <Section titre="Par financeur"><Bars parts={data.par_financeur} unite="décision" vide="Aucune décision cette année." /></Section>
        <Section titre="Par domaine"><Bars parts={data.par_domaine} unite="décision" vide="Aucune décision cette année." /></Section>
      </div>
      <GrantYears />
    </>
  )
}

/** What was voted year after year, whatever the year chosen above (ASO-03). */
function GrantYears() {
  const last = thisYear()
  const { data, error, refetch } = useQuery(tableauQuery<Subventions>('subventions', last - YEARS + 1, last))
  return (
    <Section titre="Par année">
      {data ? (
        <>
          <Bars parts={data.par_annee} unite="décision" vide={`Aucune décision depuis ${last - YEARS + 1}.`} />
          <Partial shown={data.incomplet} />
        </>
      ) : error ? <Card><ErrorState error={error} onRetry={() => void refetch()} /></Card> : <Card nue><SkeletonRows lignes={2} hauteur={48} /></Card>}
    </Section>
  )
}

function Kpis({ items }: { items: { libelle: string; valeur: string; aide: string }[] }) {
  return (
    <dl className={classes.kpis}>
      {items.map(({ libelle, valeur, aide }) => (
        <div key={libelle}><dt>{libelle}</dt><dd>{valeur}</dd><dd className={classes.help}>{aide}</dd></div>
      ))}
    </dl>
  )
}

function Partial({ shown }: { shown: boolean }) {
  return shown ? <p className={classes.partial} role="note">Tous les dossiers n’ont pas été lus : seuls les plus récents comptent ici.</p> : null
}

function Pipes({ items }: { items: readonly { modele: string; libelle: string }[] }) {
  return (
    <nav className={classes.pipes} aria-label="Tableaux des démarches">
      {items.map(({ modele, libelle }) => (
        <Link key={modele} to="/demarches" search={{ vue: 'tableau', modele } as never}><IconColumns3 size={15} stroke={STROKE} aria-hidden />{libelle}</Link>
      ))}
    </nav>
  )
}

interface BarsProps {
  parts: Part[]
  unite: string
  vide: string
  parNombre?: boolean
}

/** Amounts, or numbers, by name, the largest first; the bar says the share, the figures say the rest. */
function Bars({ parts, unite, vide, parNombre = false }: BarsProps) {
  const weight = ({ nombre, montant }: Part): number => (parNombre ? nombre : montant)
  const most = Math.max(1, ...parts.map(weight))
  return (
    <Card>
      {parts.length === 0 ? <EmptyState>{vide}</EmptyState> : (
        <ul className={classes.bars}>
          {parts.map((part) => {
            const told = [money(part.montant), count(part.nombre, unite)]
            return (
              <li key={part.nom}>
                <span className={classes.name}>{part.nom}</span>
                <span className={classes.amount}>{(parNombre ? told.toReversed() : told).join(' · ')}</span>
                <span className={classes.bar} aria-hidden><span style={{ width: `${(100 * weight(part)) / most}%` }} /></span>
              </li>
            )
          })}
        </ul>
      )}
    </Card>
  )
}
