import { Button, Select, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { IconSend } from '@tabler/icons-react'
import { call, messageOf } from '@shared/api/http'
import type { components } from '@shared/api/schema'
import { Card } from '@shared/components/Card'
import { ErrorState, SkeletonRows } from '@shared/components/States'
import { STROKE } from '@shared/icons'
import { Apercu } from './Apercu'
import { AtelierModele } from './AtelierModele'
import { COURRIELS, ROOT } from './courriels'
import { Reglages } from './Reglages'
import classes from './Reglages.module.css'
import { useAtelier } from './useAtelier'

type Courriel = components['schemas']['ModeleCourrielVue']
type Texte = components['schemas']['TexteCourriel']
type Essai = components['schemas']['EssaiCourriel']
type Version = components['schemas']['VersionCourrielVue']
export type ApercuLu = components['schemas']['ApercuCourriel']

const formats = [
  { value: 'mjml', label: 'Mise en page du cabinet (MJML)' },
  { value: 'html', label: 'Page HTML entière' },
]

/** One mail: its text, what is wrong with it, what it looks like (NOT-05). */
export function CourrielPage() {
  const { cle = '' } = useParams({ strict: false })
  const { data, error, refetch } = useQuery({
    queryKey: [...COURRIELS, cle],
    queryFn: ({ signal }) => call<Courriel>('GET', `${ROOT}/${cle}`, { signal }),
    // What is being written is not replaced under the writer's hands.
    staleTime: Infinity,
    gcTime: 0,
  })
  if (!data) {
    return (
      <Reglages droit="courriel.regler" titre="Email" suite={[{ libelle: 'Modèles d’emails', to: '/parametres/courriels' }, { libelle: 'Email' }]}>
        <Card>{error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonRows lignes={6} hauteur={40} />}</Card>
      </Reglages>
    )
  }
  return <AtelierCourriel key={`${data.cle} ${data.version}`} courriel={data} />
}

function AtelierCourriel({ courriel }: { courriel: Courriel }) {
  const adresse = `${ROOT}/${courriel.cle}`
  const atelier = useAtelier<Texte, Courriel, ApercuLu>({
    adresse,
    liste: COURRIELS,
    nom: courriel.cle,
    enregistre: { format: courriel.format, sujet: courriel.sujet, corps: courriel.corps },
    version: courriel.version,
    estVide: ({ sujet, corps }) => !sujet.trim() || !corps.trim(),
    pauseMs: 500,
  })
  const { texte, change, vu } = atelier
  const essai = useMutation({ mutationFn: (essaye: Texte) => call<Essai>('POST', `${adresse}/essai`, { body: essaye }) })
  // What was said of another text is said no more.
  const dit = essai.variables === texte
  return (
    <AtelierModele<Texte, Courriel, ApercuLu, Version>
      modele={courriel} atelier={atelier} droit="courriel.regler" titre={courriel.objet}
      suite={[{ libelle: 'Modèles d’emails', to: '/parametres/courriels' }, { libelle: courriel.objet }]}
      fichier={texte.format === 'html' ? 'courriel.html' : 'courriel.mjml'}
      mots={{
        origine: 'Texte d’origine',
        secours: 'l’original est parti',
        vide: 'Écrivez un objet et un texte',
        retour: 'Les prochains emails partent avec le texte d’origine. Le vôtre reste dans les versions.',
        versions: 'Versions de cet email',
      }}
      importation={{
        libelle: 'Importer du HTML',
        nom: 'Fichier HTML à importer',
        types: '.html,.htm,text/html',
        prendre: (page) => {
          if (!/<[a-z]/i.test(page)) return 'Ce fichier ne contient pas de page HTML.'
          change({ format: 'html', corps: page })
          return null
        },
      }}
      nommer={({ sujet }) => sujet}
      remettre={({ format, sujet, corps }) => atelier.put({ format, sujet, corps })}
      entete={<TextInput label="Objet" value={texte.sujet} maxLength={500} onChange={(event) => change({ sujet: event.currentTarget.value })} />}
      choix={<Select label="Format" w={290} maw="100%" data={formats} value={texte.format} allowDeselect={false} onChange={(value) => change({ format: value === 'html' ? 'html' : 'mjml' })} />}
    >
      <Apercu apercu={vu} />
      <div className={classes.barre}>
        <Button variant="default" leftSection={<IconSend size={16} stroke={STROKE} />} disabled={!atelier.pret || !vu?.html} loading={essai.isPending} onClick={() => essai.mutate(texte)}>M’envoyer un essai</Button>
        <span role="status" className={dit && essai.error ? classes.erreur : classes.doux}>{!dit ? '' : essai.error ? messageOf(essai.error) : essai.data ? `Parti à ${essai.data.destinataire}.` : ''}</span>
      </div>
    </AtelierModele>
  )
}
