import { SegmentedControl } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useState } from 'react'
import { EmptyState, SkeletonRows } from '@shared/components/States'
import type { ApercuLu } from './CourrielPage'
import classes from './Reglages.module.css'

const widths: Record<string, number> = { telephone: 375, bureau: 680 }
const HEIGHT = 620

/** The mail as its reader sees it, with believable values: nothing in it may run, nor reach anything. */
export function Apercu({ apercu }: { apercu: ApercuLu | undefined }) {
  const [vue, setVue] = useState('telephone')
  const { ref, width } = useElementSize()
  const wide = widths[vue] ?? 375
  const scale = width > 0 && width < wide ? width / wide : 1
  return (
    <section aria-labelledby="titre-apercu" className={classes.pile}>
      <div className={classes.barre}>
        <h2 id="titre-apercu" className={classes.titre}>Aperçu</h2>
        <SegmentedControl
          size="xs" aria-label="Largeur de l’aperçu" value={vue} onChange={setVue}
          data={[{ value: 'telephone', label: 'Téléphone' }, { value: 'bureau', label: 'Ordinateur' }, { value: 'texte', label: 'Texte' }]}
        />
      </div>
      {!apercu ? <SkeletonRows lignes={6} hauteur={40} /> : apercu.html === null ? <EmptyState>Pas d’aperçu tant que le texte est à corriger.</EmptyState> : (
        <>
          <p className={classes.objet}>{apercu.objet}</p>
          <div ref={ref}>
            {vue === 'texte' ? <pre className={classes.texte} tabIndex={0} aria-label="Version texte">{apercu.texte}</pre> : (
              <div className={classes.cadre} style={{ height: HEIGHT, maxWidth: wide + 2, overflow: 'hidden' }}>
                <iframe title="Aperçu de l’email" sandbox="" srcDoc={apercu.html} style={{ width: wide, height: HEIGHT / scale, transform: `scale(${scale})` }} />
              </div>
            )}
          </div>
        </>
      )}
    </section>
  )
}
