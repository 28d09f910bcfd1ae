import { ActionIcon, Alert, Button, SegmentedControl, Select } from '@mantine/core'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { IconArrowBackUp, IconArrowForwardUp, IconPencil } from '@tabler/icons-react'
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { ApiError, call } from '@shared/api/http'
import { Card } from '@shared/components/Card'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import { EtapeTimeline } from '@shared/components/EtapeTimeline'
import { EmptyState, ErrorState, SkeletonRows } from '@shared/components/States'
import { StatusBadge } from '@shared/components/StatusBadge'
import { count } from '@shared/format'
import { STROKE } from '@shared/icons'
import { Depart } from '../components/Depart'
import { Diagram } from '../components/Diagram'
import { Screen, ScreenHead } from '../components/Screen'
import { typo } from '../components/typo'
import { Case } from './Champs'
import { ConflitDialog, Diff } from './ConflitDialog'
import { type Brouillon, cleDuNom, type EtapeLue, etapesDe, type Noeud, noeud, type Operation, texte } from './lecture'
import { ListeEtapes } from './ListeEtapes'
import { PanneauBloc } from './PanneauBloc'
import { PanneauEtape } from './PanneauEtape'
import { PanneauModele } from './PanneauModele'
import { enAttente, type Saisies, Source } from './Source'
import { type Auteur, useBrouillon } from './useBrouillon'
import { Verification } from './Verification'
import classes from './Auteur.module.css'

const Publication = lazy(() => import('./Publication').then((found) => ({ default: found.Publication })))
const Formulaires = lazy(() => import('./Formulaires').then((found) => ({ default: found.Formulaires })))

const vues = [
  { value: 'ecran', label: 'Étapes' },
  { value: 'formulaires', label: 'Formulaires' },
  { value: 'source', label: 'Source' },
  { value: 'publier', label: 'Essayer et publier' },
]

/** « Paramètres > Modèles de Démarches »: a modèle written on screen, in the very files one may write by hand (MOD-02). */
export function AuteurPage() {
  const { cle } = useParams({ strict: false }) as { cle: string }
  const auteur = useBrouillon(cle)
  const { brouillon, query } = auteur
  return (
    <Screen fil={[{ libelle: 'Modèles', to: '/modeles' }, { libelle: brouillon?.titre ?? cle, to: `/modeles/${cle}` }, { libelle: 'Modifier' }]}>
      {query.error && !brouillon ? <Absent cle={cle} error={query.error} onRetry={() => void query.refetch()} base={auteur.base} />
        : !brouillon ? <SkeletonRows lignes={6} hauteur={56} />
        : <Ecran auteur={auteur} brouillon={brouillon} />}
    </Screen>
  )
}

/** The file of a published modèle is gone: what that means, and a way back. */
function Absent({ error, onRetry, base }: { cle: string; error: unknown; onRetry: () => void; base: string }) {
  const [failure, setFailure] = useState<unknown>(null)
  const gone = error instanceof ApiError && error.code === 'fichier_absent'
  if (!gone || failure) return <ErrorState error={failure ?? error} onRetry={onRetry} />
  const restore = (): void => void call<Brouillon>('POST', `${base}/retablissement`).then(onRetry, setFailure)
  return <Card><EmptyState action={<Button onClick={restore}>Recréer le fichier</Button>}>{typo(error.message)}</EmptyState></Card>
}

function Ecran({ auteur, brouillon }: { auteur: Auteur; brouillon: Brouillon }) {
  const search = useSearch({ strict: false }) as { etape?: string; volet?: string; formulaire?: string }
  const navigate = useNavigate()
  const [ligne, setLigne] = useState<number | null>(null)
  const [fichier, setFichier] = useState<string | null>(null)
  const [abandon, setAbandon] = useState(false)
  const [saisies, setSaisies] = useState<Saisies>({})
  const aAppliquer = enAttente(saisies, brouillon)
  const donnees = brouillon.donnees as Noeud | null
  const etapes = etapesDe(donnees)
  // A text that cannot be read is only shown as text.
  const vue = donnees === null ? 'source' : (search.volet ?? 'ecran')
  const simples = etapes.filter((etape) => !etape.bloc)
  /** The étape being named: its key changes on the server before the address does. */
  const [renommage, setRenommage] = useState<{ de: string; vers: string } | null>(null)
  const named = (cle: string | undefined): EtapeLue | undefined => etapes.find((etape) => etape.cle === cle)
  const choisie = named(search.etape) ?? (renommage?.de === search.etape ? named(renommage?.vers) : undefined) ?? null
  const go = (next: { etape?: string | undefined; volet?: string | undefined; formulaire?: string | undefined }): void =>
    void navigate({ to: '.', search: { ...search, ...next } as never, replace: true, resetScroll: false })
  const centre = useRef<HTMLDivElement>(null)
  /** Étapes added here and not named yet: nothing speaks of them, and their key follows their first name. */
  const neuves = useRef(new Set<string>())
  /** The one that was just added: its name is what is written next. */
  const ajoutee = useRef<string | null>(null)
  useEffect(() => {
    if (!choisie || ajoutee.current !== choisie.cle) return
    ajoutee.current = null
    const name = centre.current?.querySelector('input')
    name?.focus()
    name?.select()
  }, [choisie])
  const nommer = async (...operations: Operation[]): Promise<boolean> => {
    const renommee = choisie && neuves.current.has(choisie.cle) ? cleDuNom(choisie, operations, etapes.map(({ cle }) => cle)) : null
    if (renommee === null) return auteur.operer(...operations)
    const ancienne = choisie?.cle ?? ''
    setRenommage({ de: ancienne, vers: renommee.cle })
    const done = await auteur.operer(...operations, ...renommee.operations)
    if (done) {
      neuves.current.delete(ancienne)
      go({ etape: renommee.cle })
    }
    return done
  }
  const choose = (etape: string | undefined): void => {
    go({ etape })
    // In one column, what was chosen is below the whole list: it is brought up.
    requestAnimationFrame(() => {
      const panel = centre.current
      if (panel && panel.getBoundingClientRect().top > window.innerHeight / 2) panel.scrollIntoView()
    })
  }
  const toLine = (path: string, line: number): void => {
    // A line asked for twice is shown twice.
    setLigne(null)
    setFichier(path in brouillon.fichiers ? path : null)
    go({ volet: 'source' })
    requestAnimationFrame(() => setLigne(line))
  }
  const retenu = useCallback(() => aAppliquer.length > 0 || auteur.enAttente(), [aAppliquer.length, auteur])
  const first = Object.keys(brouillon.fichiers)[0] ?? ''
  const portail = noeud(donnees?.portail)
  const erreurs = brouillon.constats.filter((constat) => constat.niveau === 'erreur').length
  const enregistre = brouillon.enregistre_at ? new Date(brouillon.enregistre_at).toLocaleTimeString('fr-FR', { hour: '2-digit', minute: '2-digit' }) : null
  return (
    <>
      <ScreenHead
        titre={brouillon.titre}
        sousTitre={
          <span className={classes.meta}>
            {brouillon.a_publier && <StatusBadge objet="document" cle="brouillon" perso={{ libelle: `Brouillon v${(brouillon.version ?? 0) + 1}` }} />}
            {brouillon.version !== null && <StatusBadge objet="document" cle="disponible" perso={{ libelle: `v${brouillon.version} publiée` }} />}
            <span>{count(brouillon.ouvertes, 'démarche en cours', 'démarches en cours')}</span>
            <span role="status">{auteur.enCours ? 'Enregistrement…' : enregistre ? `Brouillon enregistré à ${enregistre}${brouillon.enregistre_par ? ` par ${brouillon.enregistre_par}` : ''}` : 'Identique aux fichiers'}</span>
            {aAppliquer.length > 0 && <strong className={classes.alerte}>{count(aAppliquer.length, 'texte à appliquer', 'textes à appliquer')} dans la source</strong>}
            {erreurs > 0 && <strong className={classes.erreur}>{count(erreurs, 'erreur bloque', 'erreurs bloquent')} la publication</strong>}
          </span>
        }
      >
        <ActionIcon variant="default" size="lg" aria-label="Annuler le dernier changement" {...eteint(!auteur.annulable)} onClick={auteur.annuler}><IconArrowBackUp size={17} stroke={STROKE} /></ActionIcon>
        <ActionIcon variant="default" size="lg" aria-label="Rétablir" {...eteint(!auteur.retablissable)} onClick={auteur.retablir}><IconArrowForwardUp size={17} stroke={STROKE} /></ActionIcon>
        <Button variant="subtle" disabled={brouillon.modifies.length === 0} onClick={() => setAbandon(true)}>Abandonner</Button>
        <Button variant="default" disabled={brouillon.modifies.length === 0 || brouillon.lecture_seule !== null || brouillon.conflits.length > 0} onClick={() => void auteur.enregistrer()}>Enregistrer dans les fichiers</Button>
      </ScreenHead>
      {brouillon.lecture_seule && <Alert color="yellow">{typo(brouillon.lecture_seule)}</Alert>}
      {brouillon.conflits.length > 0 && <Conflits auteur={auteur} brouillon={brouillon} />}
      <SegmentedControl
        className={classes.vues} aria-label="Vue" data={donnees === null ? vues.filter((each) => each.value === 'source') : vues}
        value={vue} onChange={(value) => go({ volet: value === 'ecran' ? undefined : value })}
      />
      <div className={classes.colonnes} data-vue={vue}>
        {vue === 'ecran' && donnees && (
          <div className={classes.gauche}>
            <ListeEtapes brouillon={brouillon} donnees={donnees} choisie={choisie?.cle ?? null} onSelect={choose} onNouvelles={(cles) => { cles.forEach((cle) => neuves.current.add(cle)); ajoutee.current = cles[0] ?? null }} onOperation={auteur.operer} />
            <Card>
              <div className={classes.portail}>
                <Case libelle="Visible sur le portail client" valeur={portail.visible !== false} onChange={(valeur) => auteur.operer({ genre: 'poser', chemin: ['portail', 'visible'], valeur })} />
                <Case libelle="Peut être demandé par le client" valeur={portail.demandable === true} onChange={(valeur) => auteur.operer({ genre: 'poser', chemin: ['portail', 'demandable'], valeur })} />
                {portail.demandable === true && (
                  <Select
                    label="Formulaire de la demande" description="Sans lui, le dossier s’ouvre dès que le client le demande." placeholder="Aucun" clearable className={classes.demande ?? ''}
                    data={Object.keys(noeud(donnees.formulaires))} value={texte(noeud(donnees.demande).formulaire) || null}
                    onChange={(choisi) => void auteur.operer(choisi ? { genre: 'poser', chemin: ['demande', 'formulaire'], valeur: choisi } : { genre: 'retirer', chemin: ['demande'] })}
                  />
                )}
                {donnees.demande !== undefined && (
                  <Case libelle="Sa demande ouvre le dossier aussitôt" valeur={noeud(donnees.demande).directe === true} onChange={(valeur) => auteur.operer({ genre: 'poser', chemin: ['demande', 'directe'], valeur })} />
                )}
                <Button variant="subtle" size="compact-sm" leftSection={<IconPencil size={15} stroke={STROKE} />} onClick={() => choose(undefined)}>Nom, prix, statuts, documents…</Button>
              </div>
            </Card>
          </div>
        )}
        <div className={classes.centre} ref={centre}>
          {vue === 'ecran' && donnees && (
            <>
              <Card>
                {choisie?.bloc
                  ? <PanneauBloc key={choisie.chemin.join('/')} bloc={choisie} donnees={donnees} onOperation={auteur.operer} onSelect={(cle) => go({ etape: cle })} />
                  : choisie
                  // By its place: its key follows its first name.
                  ? <PanneauEtape key={choisie.chemin.join('/')} etape={choisie} donnees={donnees} courriels={brouillon.courriels} nombre={simples.length} onOperation={nommer} onFormulaire={(nom) => go({ volet: 'formulaires', formulaire: nom })} onSupprimee={() => go({ etape: undefined })} />
                  : <PanneauModele donnees={donnees} documents={brouillon.documents} onOperation={auteur.operer} />}
              </Card>
              <Card>
                <h2 className={classes.sousTitre}>Schéma</h2>
                <Diagram src={`${auteur.base}/graphe?v=${brouillon.etag}`} alt={`Étapes du modèle ${brouillon.titre}`} nom="Schéma du modèle" />
              </Card>
              <Card>
                <h2 className={classes.sousTitre}>Chronologie que verra le client</h2>
                <EtapeTimeline
                  etapes={simples.filter((etape) => etape.noeud.visible !== false).map((etape, index) => ({
                    cle: etape.cle, titre: etape.titre, groupe: etape.groupe ?? null, statut: index === 0 ? 'en_cours' : 'a_faire', description: texte(etape.noeud.description) || null,
                  }))}
                />
              </Card>
            </>
          )}
          {vue === 'source' && <Card><Source brouillon={brouillon} fichier={fichier ?? first} ligne={ligne} saisies={saisies} onSaisie={(path, saisie) => setSaisies(({ [path]: _, ...others }) => (saisie ? { ...others, [path]: saisie } : others))} onFichier={(path) => { setLigne(null); setFichier(path) }} onOperation={auteur.operer} /></Card>}
          <Suspense fallback={<SkeletonRows lignes={5} hauteur={40} />}>
            {vue === 'formulaires' && donnees && <Formulaires brouillon={brouillon} donnees={donnees} choisi={search.formulaire ?? null} onChoisir={(nom) => go({ formulaire: nom })} onOperation={auteur.operer} />}
            {vue === 'publier' && <Publication auteur={auteur} brouillon={brouillon} />}
          </Suspense>
        </div>
        {vue !== 'publier' && (
          <Card className={classes.droite ?? ''}>
            <Verification brouillon={brouillon} onEtape={(cle) => go({ etape: cle, volet: undefined })} onLigne={toLine} />
          </Card>
        )}
      </div>
      <Depart retenu={retenu}>
        {aAppliquer.length > 0 ? <>Ce que vous avez écrit dans la source ({aAppliquer.join(', ')}) n’est pas appliqué au brouillon et serait perdu.</> : 'Votre dernier changement s’enregistre encore.'}
      </Depart>
      <ConflitDialog
        conflit={auteur.conflit}
        onClose={auteur.fermerConflit}
        onRefaire={() => {
          const again = auteur.conflit?.refaire
          auteur.fermerConflit()
          if (again) void auteur.operer(...again)
        }}
      />
      <ConfirmDialog ouvert={abandon} onClose={() => setAbandon(false)} titre="Abandonner le brouillon ?" action="Abandonner le brouillon" danger onConfirm={auteur.abandonner}>
        Les fichiers restent comme ils sont ; ce qui n’est que dans le brouillon est perdu.
      </ConfirmDialog>
    </>
  )
}

/** Off, and yet in the keyboard's way: who has just undone the last change is not thrown out of the page. */
const eteint = (off: boolean) => (off ? { 'data-disabled': true, 'aria-disabled': true } : {})

/** Files changed both here and by hand: each keeps one of its two texts. */
function Conflits({ auteur, brouillon }: { auteur: Auteur; brouillon: Brouillon }) {
  const keep = (choix: 'brouillon' | 'fichier'): void =>
    void auteur.enregistrer(Object.fromEntries(brouillon.conflits.map((conflit) => [conflit.fichier, choix])))
  return (
    <Alert color="red" title="Un fichier a aussi été modifié à la main">
      <p>Rien n’a été écrasé. Voici ce qui a changé dans le fichier ; choisissez le texte à garder.</p>
      {brouillon.conflits.map((conflit) => <Diff key={conflit.fichier} texte={conflit.difference} />)}
      <Button mt="sm" mr="xs" size="xs" onClick={() => keep('brouillon')}>Garder mon brouillon</Button>
      <Button mt="sm" size="xs" variant="default" onClick={() => keep('fichier')}>Garder le fichier</Button>
    </Alert>
  )
}
