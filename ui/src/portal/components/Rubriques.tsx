import { queryOptions, useQuery } from '@tanstack/react-query'
import { IconBuildingBank, IconChevronRight, IconCoin, IconCompass, IconRefresh, IconScale, IconShieldCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { call } from '@shared/api/http'
import type { DemarcheFilters, DemarcheLine, DemarchePage } from '@shared/api/types'
import { STROKE } from '@shared/icons'
import { IconTile } from './IconTile'
import classes from './Rubriques.module.css'

/** A section of the portal: every démarche of some modèles, under the client's own word for them (DOS-02, TDB-21). */
export interface Rubrique {
  cle: string
  titre: string
  chapeau: string
  icone: typeof IconScale
  modeles: readonly string[]
  /** The amounts of its projects are also added up. */
  totaux?: true
}

export const RUBRIQUES: readonly Rubrique[] = [
  {
    cle: 'financements',
    titre: 'Mes Financements',
    chapeau: 'Vos projets de financement, et où en sont les banques.',
    icone: IconBuildingBank,
    modeles: ['credit'],
  },
  {
    cle: 'sinistres',
    titre: 'Mes Sinistres',
    chapeau: 'Vos sinistres, en cours ou clos, et leur indemnisation.',
    icone: IconShieldCheck,
    modeles: ['sinistre_dommages', 'sinistre_prevoyance'],
  },
  {
    cle: 'recouvrements',
    titre: 'Mes Recouvrements',
    chapeau: 'Ce que l’on vous doit, où en est chaque dossier, ce qui est déjà récupéré.',
    icone: IconCoin,
    modeles: ['recouvrement', 'recouvrement_amiable'],
    totaux: true,
  },
  {
    cle: 'abonnements',
    titre: 'Mes Abonnements',
    chapeau: 'Les contrats que nous suivons pour vous, et les changements en cours.',
    icone: IconRefresh,
    modeles: ['abonnement_veille', 'abonnement_fournisseur', 'optimisation_abonnements'],
  },
  {
    cle: 'missions',
    titre: 'Mes Missions',
    chapeau: 'Les missions où nous vous accompagnons, du diagnostic à la clôture.',
    icone: IconCompass,
    modeles: ['audit_organisationnel', 'dossier_subvention', 'dettes'],
  },
]

/** Démarches of one section, the last changed first. */
export const rubriqueQuery = ({ cle, modeles }: Rubrique, etat: DemarcheFilters['etat'], taille: number) =>
  queryOptions({
    queryKey: ['demarches', { rubrique: cle, etat, taille }],
    queryFn: async ({ signal }): Promise<DemarcheLine[]> => {
      const pages = await Promise.all(
        modeles.map((modele) => call<DemarchePage>('GET', '/api/demarches', { query: { modele, etat, tri: 'maj', taille }, signal })),
      )
      return pages.flatMap(({ items }) => items).sort((a, b) => b.updated_at.localeCompare(a.updated_at))
    },
  })

/** Links to the sections in which the client has something; nothing otherwise. */
export function Rubriques() {
  return (
    <nav aria-label="Mes rubriques" className={classes.list}>
      {RUBRIQUES.map((rubrique) => <Tile key={rubrique.cle} rubrique={rubrique} />)}
    </nav>
  )
}

function Tile({ rubrique }: { rubrique: Rubrique }) {
  const { data } = useQuery(rubriqueQuery(rubrique, 'toutes', 1))
  if (!data?.length) return null
  return (
    <Link to="/demarches" search={{ rubrique: rubrique.cle } as never} className={classes.tile}>
      <IconTile icone={rubrique.icone} taille={42} />
      <strong>{rubrique.titre}</strong>
      <IconChevronRight size={20} stroke={STROKE} aria-hidden />
    </Link>
  )
}
