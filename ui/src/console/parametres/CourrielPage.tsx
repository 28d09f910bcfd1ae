import { Button, FileButton, Select, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { IconFileImport, IconHistory, IconRestore, IconSend } from '@tabler/icons-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { call, messageOf } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Card } from '@shared/components/Card'
import { ConfirmDialog } from '@shared/components/ConfirmDialog'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import { fileSize, NBSP, shortDate, spokenHour } from '@shared/format'
import { STROKE } from '@shared/icons'
import { toastDone } from '../components/toasts'
import { Apercu } from './Apercu'
import { Constats } from './Constats'
import { COURRIELS, ROOT } from './courriels'
import { Reglages } from './Reglages'
import classes from './Reglages.module.css'
import { Variables } from './Variables'
import { Versions } from './Versions'

type Courriel = components['schemas']['ModeleCourrielVue']
type Texte = components['schemas']['TexteCourriel']
type Essai = components['schemas']['EssaiCourriel']
export type ApercuLu = components['schemas']['ApercuCourriel']

const Editeur = lazy(() => import('../modeles/Editeur'))
const LONGEST = 150_000
const formats = [
  { value: 'mjml', label: 'Mise en page du cabinet (MJML)' },
  { value: 'html', label: 'Page HTML entière' },
]

/** One mail: its text, what is wrong with it, what it looks like (NOT-05). */
export function CourrielPage() {
  const { cle = '' } = useParams({ strict: false })
  const key = [...COURRIELS, cle]
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => call<Courriel>('GET', `${ROOT}/${cle}`, { signal }),
    // What is being written is not replaced under the writer's hands.
    staleTime: Infinity,
    gcTime: 0,
  })
  const nom = cle.replaceAll('_', ' ')
  if (!data) {
    return (
      <Reglages droit="courriel.regler" titre="E-mail" suite={[{ libelle: 'Modèles d’e-mails', to: '/parametres/courriels' }, { libelle: nom }]}>
        <Card>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={6} hauteur={40} />}</Card>
      </Reglages>
    )
  }
  return <Atelier key={`${data.cle} ${data.version}`} courriel={data} nom={nom} />
}

function Atelier({ courriel, nom }: { courriel: Courriel; nom: string }) {
  const client = useQueryClient()
  const adresse = `${ROOT}/${courriel.cle}`
  const saved: Texte = { format: courriel.format, sujet: courriel.sujet, corps: courriel.corps }
  const [texte, setTexte] = useState<Texte>(saved)
  const [insertion, setInsertion] = useState({ texte: '', rang: 0 })
  const [ligne, setLigne] = useState<number | null>(null)
  const [refus, setRefus] = useState<string | null>(null)
  const [retour, setRetour] = useState(false)
  const [historique, setHistorique] = useState(false)
  const touched = texte.format !== saved.format || texte.sujet !== saved.sujet || texte.corps !== saved.corps
  const [pose] = useDebouncedValue(texte, 500)
  const vide = !pose.sujet.trim() || !pose.corps.trim()
  const apercu = useQuery({
    queryKey: [...COURRIELS, courriel.cle, 'apercu', pose],
    queryFn: ({ signal }) => call<ApercuLu>('POST', `${adresse}/apercu`, { body: pose, signal }),
    enabled: !vide,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  })
  const adopt = (seen: Courriel): void => {
    client.setQueryData([...COURRIELS, courriel.cle], seen)
    void client.invalidateQueries({ queryKey: COURRIELS, exact: true })
  }
  const save = useMutation({
    mutationFn: () => call<Courriel>('PUT', adresse, { body: { ...texte, version: courriel.version } }),
    onSuccess: (seen) => {
      adopt(seen)
      toastDone(`Modèle enregistré${NBSP}: il sert dès maintenant`)
    },
  })
  const essai = useMutation({ mutationFn: () => call<Essai>('POST', `${adresse}/essai`, { body: texte }) })
  const change = (changed: Partial<Texte>): void => {
    setTexte((before) => ({ ...before, ...changed }))
    essai.reset()
  }
  useEffect(() => {
    if (!touched) return
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [touched])

  const importer = async (file: File | null): Promise<void> => {
    if (!file) return
    setRefus(null)
    const page = await file.text()
    if (page.length > LONGEST) setRefus(`Ce fichier est trop long (${fileSize(file.size)}, 150${NBSP}ko au plus)${NBSP}: allégez ses images.`)
    else if (page.includes('\ufffd')) setRefus(`Ce fichier n’est pas en UTF-8${NBSP}: enregistrez-le de nouveau dans ce codage.`)
    else if (!/<[a-z]/i.test(page)) setRefus('Ce fichier ne contient pas de page HTML.')
    else change({ format: 'html', corps: page })
  }

  const fautes = apercu.data?.constats ?? []
  const pret = apercu.data !== undefined && !apercu.isPlaceholderData && pose === texte
  const fichier = texte.format === 'html' ? 'courriel.html' : 'courriel.mjml'
  return (
    <Reglages
      droit="courriel.regler"
      titre={courriel.objet}
      suite={[{ libelle: 'Modèles d’e-mails', to: '/parametres/courriels' }, { libelle: nom }]}
      sousTitre={courriel.modifie && courriel.updated_at
        ? `Réécrit le ${shortDate(courriel.updated_at)} à ${spokenHour(courriel.updated_at)}${courriel.updated_par ? ` par ${courriel.updated_par}` : ''}`
        : 'Texte d’origine'}
      actions={(
        <>
          <Button variant="default" leftSection={<IconHistory size={16} stroke={STROKE} />} onClick={() => setHistorique(true)}>Versions</Button>
          {courriel.modifie && <Button variant="default" leftSection={<IconRestore size={16} stroke={STROKE} />} onClick={() => setRetour(true)}>Revenir à l’original</Button>}
          <FileButton accept=".html,.htm,text/html" onChange={(file) => void importer(file)} inputProps={{ 'aria-label': 'Fichier HTML à importer' }}>
            {(props) => <Button {...props} variant="default" leftSection={<IconFileImport size={16} stroke={STROKE} />}>Importer du HTML</Button>}
          </FileButton>
          <Button disabled={!touched || !pret || !apercu.data?.enregistrable} loading={save.isPending} onClick={() => save.mutate()}>Enregistrer</Button>
        </>
      )}
    >
      {courriel.echec && courriel.echec_le && (
        <p className={classes.avis} role="alert">Ce texte n’a pas pu servir le {shortDate(courriel.echec_le)} à {spokenHour(courriel.echec_le)}{NBSP}: l’original est parti. {courriel.echec}</p>
      )}
      {(refus ?? save.error) && <p className={classes.erreur} role="alert">{refus ?? messageOf(save.error)}</p>}
      <div className={classes.atelier}>
        <Card>
          <div className={classes.pile}>
            <TextInput label="Objet" value={texte.sujet} maxLength={500} onChange={(event) => change({ sujet: event.currentTarget.value })} />
            <div className={classes.barre}>
              <Select label="Format" data={formats} value={texte.format} allowDeselect={false} onChange={(value) => change({ format: value === 'html' ? 'html' : 'mjml' })} />
              {touched && <Button variant="subtle" onClick={() => { setTexte(saved); setRefus(null) }}>Annuler mes changements</Button>}
            </div>
            <Suspense fallback={<SkeletonRows lignes={8} hauteur={20} />}>
              <Editeur
                key={fichier} fichier={fichier} texte={texte.corps} ligne={ligne} insertion={insertion}
                constats={fautes.filter((each) => each.champ === 'corps').map((each) => ({ ...each, fichier, colonne: 1, etape: null }))}
                onChange={(corps) => change({ corps })}
              />
            </Suspense>
            <Variables variables={courriel.variables} onInsert={(nom) => setInsertion((before) => ({ texte: `{{ ${nom} }}`, rang: before.rang + 1 }))} />
          </div>
        </Card>
        <Card>
          <div className={classes.pile}>
            <Constats constats={vide ? [] : fautes} vide={vide} error={apercu.error} onLigne={(each) => { setLigne(null); setTimeout(() => setLigne(each)) }} />
            <Apercu apercu={vide ? undefined : apercu.data} />
            <div className={classes.barre}>
              <Button variant="default" leftSection={<IconSend size={16} stroke={STROKE} />} disabled={!pret || !apercu.data?.html} loading={essai.isPending} onClick={() => essai.mutate()}>M’envoyer un essai</Button>
              <span role="status" className={essai.error ? classes.erreur : classes.doux}>{essai.error ? messageOf(essai.error) : essai.data ? `Parti à ${essai.data.destinataire}.` : ''}</span>
            </div>
          </div>
        </Card>
      </div>
      {historique && <Versions<components['schemas']['VersionCourrielVue'], Courriel>
        adresse={adresse} cles={[...COURRIELS, courriel.cle]} titre="Versions de cet e-mail" nommer={({ sujet }) => sujet} version={courriel.version}
        remettre={({ format, sujet, corps }) => call<Courriel>('PUT', adresse, { body: { format, sujet, corps, version: courriel.version } })}
        onClose={() => setHistorique(false)} onBack={(seen) => {
        adopt(seen)
        toastDone(`Version remise${NBSP}: elle sert dès maintenant`)
      }} />}
      <ConfirmDialog
        ouvert={retour} onClose={() => setRetour(false)} titre="Revenir à l’original" action="Revenir à l’original" danger
        onConfirm={async () => {
          adopt(await call<Courriel>('DELETE', adresse, { query: { version: courriel.version } }))
          toastDone('L’original sert de nouveau')
        }}
      >
        Les prochains e-mails partent avec le texte d’origine. Le vôtre reste dans les versions.
      </ConfirmDialog>
    </Reglages>
  )
}
