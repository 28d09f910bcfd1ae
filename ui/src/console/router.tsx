import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, Link, Outlet } from '@tanstack/react-router'
import { isStaff } from '@shared/api/session'
import { NotFoundPage } from '@shared/pages/NotFoundPage'
import { page } from '@shared/router/lazy'
import { ROUTER_OPTIONS } from '@shared/router/options'
import { redirectAcross, requireSession, returnSearch, type RouterContext } from '@shared/router/session'

const root = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: () => <NotFoundPage retour={<Link to="/">Retour à la file</Link>} />,
})

const connexion = createRoute({
  getParentRoute: () => root,
  path: '/connexion',
  validateSearch: returnSearch,
  component: page(() => import('./pages/ConnexionPage'), 'ConnexionPage'),
})

const galerie = createRoute({
  getParentRoute: () => root,
  path: '/galerie',
  component: page(() => import('./pages/GaleriePage'), 'GaleriePage'),
})

/** Everything that asks for a staff session. Screens are its children. */
const prive = createRoute({
  getParentRoute: () => root,
  id: 'prive',
  beforeLoad: async ({ context, location }) => {
    const moi = await requireSession(context.queryClient, location.href)
    if (!isStaff(moi.role)) throw redirectAcross('', location.pathname)
    return { moi }
  },
  component: page(() => import('./Frame'), 'Frame'),
})

type Search = Record<string, string | undefined>

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Parameters whose values are known: any other value is dropped, as if the address did not have it. */
const accepted: Record<string, RegExp> = {
  client: UUID,
  conseiller: UUID,
  parent: UUID,
  enfants: /^avec$/,
  objet: /^(piece|tache):/,
  vue: /^tableau$/,
  turn: /^(cabinet|client|tiers|personne)$/,
  etat: /^(ouvertes|terminees|toutes)$/,
  tri: /^(maj|echeance|ouverture|titre|client)$/,
  sens: /^(asc|desc)$/,
  page: /^[1-9]\d{0,4}$/,
}

/** Search parameters kept as short texts. */
const texts = (...names: string[]) => (search: Record<string, unknown>): Search => {
  const kept: Search = {}
  for (const name of names) {
    const value = search[name]
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, name === 'q' ? 100 : 60) : undefined
    // Named even when dropped: the router would otherwise keep what the address says.
    kept[name] = text !== undefined && (accepted[name]?.test(text) ?? true) ? text : undefined
  }
  return kept
}

const queue = createRoute({
  getParentRoute: () => prive,
  path: '/',
  validateSearch: texts('portee', 'tour'),
  component: page(() => import('./queue/QueuePage'), 'QueuePage'),
})

const demarches = createRoute({
  getParentRoute: () => prive,
  path: '/demarches',
  validateSearch: texts('q', 'statut', 'turn', 'modele', 'conseiller', 'client', 'etat', 'tri', 'sens', 'page', 'vue', 'enfants', 'parent'),
  component: page(() => import('./demarches/DemarchesPage'), 'DemarchesPage'),
})

const cockpit = createRoute({
  getParentRoute: () => prive,
  path: '/demarches/$id',
  validateSearch: texts('onglet', 'tache', 'vue', 'cible', 'objet'),
  staticData: { replie: true },
  component: page(() => import('./cockpit/CockpitPage'), 'CockpitPage'),
})

const vueClient = createRoute({
  getParentRoute: () => prive,
  path: '/demarches/$id/vue-client',
  validateSearch: texts('le', 'lecteur'),
  component: page(() => import('./cockpit/VueClientPage'), 'VueClientPage'),
})

const pieces = createRoute({
  getParentRoute: () => prive,
  path: '/pieces',
  validateSearch: texts('demarche', 'piece'),
  staticData: { replie: true },
  component: page(() => import('./pieces/PiecesPage'), 'PiecesPage'),
})

const nouvelle = createRoute({
  getParentRoute: () => prive,
  path: '/nouvelle',
  validateSearch: texts('modele', 'client', 'phase'),
  component: page(() => import('./nouvelle/NouvellePage'), 'NouvellePage'),
})

const tableaux = createRoute({
  getParentRoute: () => prive,
  path: '/tableaux',
  validateSearch: texts('tableau', 'annee'),
  component: page(() => import('./tableaux/TableauxPage'), 'TableauxPage'),
})

const clients = createRoute({
  getParentRoute: () => prive,
  path: '/clients',
  validateSearch: texts('q', 'page'),
  component: page(() => import('./pages/ClientsPage'), 'ClientsPage'),
})

const client = createRoute({
  getParentRoute: () => prive,
  path: '/clients/$id',
  component: page(() => import('./pages/ClientPage'), 'ClientPage'),
})

const clientDocuments = createRoute({
  getParentRoute: () => prive,
  path: '/clients/$id/documents',
  component: page(() => import('./clients/DocumentsPage'), 'DocumentsPage'),
})

const modeles = createRoute({
  getParentRoute: () => prive,
  path: '/modeles',
  component: page(() => import('./pages/ModelesPage'), 'ModelesPage'),
})

const modele = createRoute({
  getParentRoute: () => prive,
  path: '/modeles/$cle',
  component: page(() => import('./pages/ModelePage'), 'ModelePage'),
})

const auteur = createRoute({
  getParentRoute: () => prive,
  path: '/modeles/$cle/modifier',
  validateSearch: texts('etape', 'volet', 'formulaire'),
  staticData: { replie: true },
  component: page(() => import('./modeles/AuteurPage'), 'AuteurPage'),
})

const profil = createRoute({
  getParentRoute: () => prive,
  path: '/profil',
  component: page(() => import('./pages/ProfilPage'), 'ProfilPage'),
})

const parametres = createRoute({
  getParentRoute: () => prive,
  path: '/parametres',
  component: page(() => import('./pages/ParametresPage'), 'ParametresPage'),
})

const parametresCourriels = createRoute({
  getParentRoute: () => prive,
  path: '/parametres/courriels',
  component: page(() => import('./parametres/CourrielsPage'), 'CourrielsPage'),
})

const parametresCourriel = createRoute({
  getParentRoute: () => prive,
  path: '/parametres/courriels/$cle',
  component: page(() => import('./parametres/CourrielPage'), 'CourrielPage'),
})

const parametresCabinet = createRoute({
  getParentRoute: () => prive,
  path: '/parametres/cabinet',
  component: page(() => import('./parametres/CabinetPage'), 'CabinetPage'),
})

const parametresExports = createRoute({
  getParentRoute: () => prive,
  path: '/parametres/exports',
  component: page(() => import('./parametres/ExportsPage'), 'ExportsPage'),
})

const parametresExport = createRoute({
  getParentRoute: () => prive,
  path: '/parametres/exports/$genre',
  component: page(() => import('./parametres/ExportPage'), 'ExportPage'),
})

const parametresBadges = createRoute({
  getParentRoute: () => prive,
  path: '/parametres/badges',
  component: page(() => import('./parametres/BadgesPage'), 'BadgesPage'),
})

const parametresTaches = createRoute({
  getParentRoute: () => prive,
  path: '/parametres/taches',
  component: page(() => import('./parametres/ColonnesPage'), 'ColonnesPage'),
})

const parametresPlans = createRoute({
  getParentRoute: () => prive,
  path: '/parametres/plans',
  component: page(() => import('./parametres/PlansPage'), 'PlansPage'),
})

const parametresDroits = createRoute({
  getParentRoute: () => prive,
  path: '/parametres/droits',
  component: page(() => import('./parametres/DroitsPage'), 'DroitsPage'),
})

const audit = createRoute({
  getParentRoute: () => prive,
  path: '/journal-des-acces',
  component: page(() => import('./pages/AuditPage'), 'AuditPage'),
})

const routes = root.addChildren([
  connexion,
  galerie,
  prive.addChildren([queue, demarches, cockpit, vueClient, pieces, nouvelle, tableaux, clients, clientDocuments, client, modeles, modele, auteur, profil, parametres, parametresCourriels, parametresCourriel, parametresCabinet, parametresExports, parametresExport, parametresBadges, parametresTaches, parametresPlans, parametresDroits, audit]),
])

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: routes,
    basepath: '/console',
    context: { queryClient },
    ...ROUTER_OPTIONS,
  })
}
