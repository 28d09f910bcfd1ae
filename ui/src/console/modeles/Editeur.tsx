import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { json } from '@codemirror/lang-json'
import { yaml } from '@codemirror/lang-yaml'
import { defaultHighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import type { Brouillon } from './lecture'
import classes from './Auteur.module.css'

interface Props {
  fichier: string
  texte: string
  constats: Brouillon['constats']
  ligne: number | null
  /** Put where the cursor is, each time that `rang` changes. */
  insertion?: { texte: string; rang: number }
  onChange: (texte: string) => void
}

/** The text of a file, with its faults in the margin. CodeMirror: the lightest editor that reads well aloud. */
export function Editeur({ fichier, texte, constats, ligne, insertion, onChange }: Props) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const changed = useRef(onChange)
  changed.current = onChange

  useEffect(() => {
    if (!host.current) return
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: texte,
        extensions: [
          lineNumbers(), history(), highlightActiveLine(), lintGutter(), EditorView.lineWrapping,
          keymap.of([indentWithTab, ...defaultKeymap, ...historyKeymap]),
          syntaxHighlighting(defaultHighlightStyle),
          fichier.endsWith('.json') ? json() : fichier.endsWith('.yaml') ? yaml() : [],
          EditorView.contentAttributes.of({ 'aria-label': `Texte de ${fichier}` }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed.current(update.state.doc.toString())
          }),
        ],
      }),
    })
    // Reached by keyboard even where nothing in it takes the focus.
    made.scrollDOM.tabIndex = 0
    view.current = made
    return () => made.destroy()
    // Made once by file: what comes from the server afterwards is put in below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [fichier])

  useEffect(() => {
    const held = view.current
    if (held && held.state.doc.toString() !== texte) held.dispatch({ changes: { from: 0, to: held.state.doc.length, insert: texte } })
  }, [texte])

  useEffect(() => {
    const held = view.current
    if (!held) return
    const faults = constats.filter((each) => each.fichier === fichier && each.ligne > 0 && each.ligne <= held.state.doc.lines)
    held.dispatch(setDiagnostics(held.state, faults.map((each): Diagnostic => {
      const line = held.state.doc.line(each.ligne)
      const from = Math.min(line.from + Math.max(0, each.colonne - 1), line.to)
      return { from, to: line.to, severity: each.niveau === 'erreur' ? 'error' : 'warning', message: [each.raison, each.remede].filter(Boolean).join(' ') }
    })))
  }, [constats, fichier, texte])

  useEffect(() => {
    const held = view.current
    if (!held || ligne === null) return
    const line = held.state.doc.line(Math.min(ligne, held.state.doc.lines))
    held.dispatch({ selection: { anchor: line.from }, effects: EditorView.scrollIntoView(line.from, { y: 'center' }) })
    held.focus()
  }, [ligne, fichier])

  const rang = insertion?.rang ?? 0
  useEffect(() => {
    const held = view.current
    if (!held || !insertion || rang === 0) return
    held.dispatch(held.state.replaceSelection(insertion.texte))
    held.focus()
    // Its text goes with its rank.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [rang])

  return <div ref={host} className={classes.editeur} />
}

export default Editeur
