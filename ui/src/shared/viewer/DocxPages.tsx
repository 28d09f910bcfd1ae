import { renderAsync } from 'docx-preview'
import { useEffect, useRef, useState } from 'react'
import { SkeletonRows } from '../components/States'
import { useBytes } from './archive'
import { harmless } from './docx'
import { Unreadable } from './Unreadable'
import classes from './Viewer.module.css'

/** A page of A4, and what is left around it. */
const SHEET = 794
const MARGIN = 48

interface Props {
  url: string
  nom: string
  taille: number
  zoom: number
}

/**
 * Pages of a Word document, drawn here: nothing of it leaves for another service.
 * They live in a tree of their own, so that its styles do not reach ours; what could act in it is taken out, and the
 * Content-Security-Policy runs no script of a document.
 */
export default function DocxPages({ url, nom, taille, zoom }: Props) {
  const ground = useRef<HTMLDivElement>(null)
  const host = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  const [drawn, setDrawn] = useState<'non' | 'oui' | 'impossible'>('non')
  const { data, error, refetch, lisible } = useBytes(url, taille)

  useEffect(() => {
    const element = ground.current
    if (!element) return
    const observer = new ResizeObserver(() => setWidth(element.clientWidth - MARGIN))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  useEffect(() => {
    const element = host.current
    if (!element || !data) return
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
    const styles = document.createElement('div')
    const body = document.createElement('div')
    let left = false
    renderAsync(data, body, styles, { inWrapper: false, renderAltChunks: false, useBase64URL: true, ignoreLastRenderedPageBreak: false })
      .then(() => {
        if (left) return
        harmless(body)
        const own = document.createElement('style')
        own.textContent = 'section { background: #fff; color: #000; margin-bottom: 16px; box-sizing: border-box; box-shadow: 0 1px 6px rgb(0 0 0 / 18%); }'
        root.replaceChildren(own, styles, body)
        setDrawn('oui')
      })
      .catch(() => left || setDrawn('impossible'))
    return () => {
      left = true
    }
  }, [data])

  const scale = Math.min(1, width > 0 ? width / SHEET : 1) * zoom
  if (!lisible || error || drawn === 'impossible') return <Unreadable url={url} nom={nom} error={error} onRetry={() => void refetch()} />
  return (
    <div className={classes.ground} ref={ground} tabIndex={0} role="group" aria-label={`Aperçu de ${nom}`}>
      {drawn === 'non' && <SkeletonRows lignes={8} hauteur={24} />}
      <div ref={host} style={{ zoom: scale }} hidden={drawn !== 'oui'} />
    </div>
  )
}
